/** Time within a recording, as videos show it. */

/** "75:03.2": minutes, seconds, tenths. @param seconds >= 0 */
export function clockText(seconds: number): string {
  const tenths = Math.floor(seconds * 10 + 0.01); // logged times are rounded, and may fall a little short
  const [minutes, rest] = [Math.floor(tenths / 600), tenths % 600];
  return `${minutes}:${String(Math.floor(rest / 10)).padStart(2, '0')}.${rest % 10}`;
}
