/** Where windows and keys are an X server's. */

/** True on every platform but Windows and macOS, which have windows and keys of their own. */
export function isX11Platform(platform: NodeJS.Platform = process.platform): boolean {
  return platform !== 'win32' && platform !== 'darwin';
}
