/** Whether the engines, the picture decoder and the arena's canvas load, and whether there is a browser. */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import { reinstallAdvice } from '../../core/installation.js';
import { findBrowser } from '../../arena/browser/find-browser.js';
import { failed, passed, type Check } from '../../system/check.js';

/** Loads each package once. */
export async function checkEngines(): Promise<Check[]> {
  return [
    await checkPackage('onnxruntime', 'plays the models', async () => {
      const { inferenceEngineVersion } = await import('../../policy/onnx-session.js');
      return await inferenceEngineVersion();
    }),
    await checkPackage('canvas', 'draws the arena', async () => {
      const { FightCanvas } = await import('../../arena/canvas.js');
      const { size } = await FightCanvas.open();
      return `${size.width}x${size.height}`;
    }),
    checkBrowser(),
  ];
}

async function checkPackage(name: string, use: string, load: () => Promise<string>): Promise<Check> {
  try {
    return passed(name, `${await load()}, ${use}`);
  } catch (error) {
    return failed(name, messageOf(error), reinstallAdvice());
  }
}

function checkBrowser(): Check {
  try {
    return passed('chromium', findBrowser(), false);
  } catch (error) {
    const next = error instanceof UnderstudyError ? error.next : 'Install Chromium.';
    return failed('chromium', messageOf(error), next, false);
  }
}
