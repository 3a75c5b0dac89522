/// <reference lib="dom" />
/** The size of a window that the program opens: the size of its title bar and borders is known only once it is open. */

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
  // window managers act late: correct now, and again when they have had time
  correct();
  setTimeout(correct, 400);
}
