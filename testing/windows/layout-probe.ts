/**
 * What the keyboard layout of Windows says of names and places: one line of JSON, a {@link LayoutReport}.
 *
 *   node layout-probe.js
 */
import { KEY_PLACES } from '../../src/core/game-key.js';
import { thisDesktop } from '../../src/desktop/choose.js';
import type { KeysymPlace } from '../../src/desktop/key-layout.js';

export interface LayoutReport {
  readonly title: string;
  /** Name -> where it is. */
  readonly named: Readonly<Record<string, KeysymPlace>>;
  /** KeyboardEvent.code -> where it is. */
  readonly places: Readonly<Record<string, KeysymPlace>>;
}

using layout = thisDesktop().openLayout();
const found = (names: readonly string[], prefix = ''): Record<string, KeysymPlace> =>
  Object.fromEntries(names.map((name) => [name, layout.find(`${prefix}${name}`)]));
const report: LayoutReport = {
  title: layout.title,
  named: found([...layout.names().filter((name) => !name.startsWith('code:')), 'exclam', '1', 'A', 'no-such-key']),
  places: found(Object.keys(KEY_PLACES), 'code:'),
};
console.log(JSON.stringify(report));
