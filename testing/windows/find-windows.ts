/**
 * Looks for windows in Windows' Node: one line of JSON, with the handle that each query finds or the code of its error.
 *
 *   node find-windows.js '[{"window":"Witness"},{"pid":12}]'
 */
import type { WindowQuery } from '../../src/capture/game-window.js';
import { UnderstudyError } from '../../src/core/errors.js';
import { thisDesktop } from '../../src/desktop/choose.js';
import { findWindow } from '../../src/desktop/find-window.js';

const desktop = thisDesktop();

async function find(query: WindowQuery): Promise<number | string> {
  try {
    using window = await findWindow({ ...query, desktop });
    return window.info.id;
  } catch (error) {
    if (error instanceof UnderstudyError) return error.code;
    throw error;
  }
}

const found: (number | string)[] = [];
for (const query of JSON.parse(process.argv[2]) as WindowQuery[]) found.push(await find(query));
console.log(JSON.stringify(found));
