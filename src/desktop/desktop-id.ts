/** The form of a {@link DesktopId}: a platform and a desktop's name on it. Only for choose.ts and the platforms. */
import type { DesktopId } from './desktop.js';

/** @param platform without a colon: "x11" */
export function desktopId(platform: string, name: string): DesktopId {
  return `${platform}:${name}` as DesktopId;
}

/** The parts that it was made of. */
export function readDesktopId(id: DesktopId): { readonly platform: string; readonly name: string } {
  const colon = id.indexOf(':');
  return { platform: id.slice(0, Math.max(0, colon)), name: id.slice(colon + 1) };
}
