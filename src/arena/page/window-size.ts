/// <reference lib="dom" />
/** The size of a window of our own: what the title bar and borders take is known only once it stands. */

/**
 * Makes the page `width` x `height` CSS px once, a moment after the load, where the browser lets a page do so (an
 * app window does, a tab does not). A person may resize it afterwards.
 */
export function keepContentSize(width: number, height: number): void {
  const correct = (): void => {
    const missingWidth = width - window.innerWidth;
    const missingHeight = height - window.innerHeight;
    if (missingWidth !== 0 || missingHeight !== 0) window.resizeBy(missingWidth, missingHeight);
  };
  // window managers answer late: once at once, once when they have had time
  correct();
  setTimeout(correct, 400);
}
