/** Checks that the other capture packages are installed. Whether they work shows only when they are used. */
import { createRequire } from 'node:module';
import { failed, passed, type Check } from '../../system/check.js';
import { reinstallAdvice } from '../../core/installation.js';

const USES = {
  'node-screenshots': 'capture on Windows and macOS, and on X11 with a window manager',
  'screenshot-desktop': 'capture of last resort: the whole screen, cropped',
} as const;

export function checkCapturePackages(): Check[] {
  const resolve = createRequire(import.meta.url).resolve;
  return (Object.keys(USES) as (keyof typeof USES)[]).map((name) => {
    try {
      resolve(name);
      return passed(name, `installed: ${USES[name]}`, false);
    } catch {
      return failed(name, `not installed: ${USES[name]}`, reinstallAdvice(), false);
    }
  });
}
