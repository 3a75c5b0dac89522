/** Where nothing else marks fights, a fight lasts while the game has the focus: keys typed elsewhere are not play. */
import type { KeyRecorder } from '../../session/key-recorder.js';
import type { SessionWriter } from '../../session/session-writer.js';
import type { FocusedKeysOptions } from './focused-keys.js';

export function fightsByFocus(keys: KeyRecorder, writer: SessionWriter): FocusedKeysOptions['recorder'] {
  return {
    key: (key) => keys.key(key),
    focusGained: (atMs, down) => {
      keys.focusGained(atMs, down);
      writer.marker('fight_start', atMs);
    },
    focusLost: (atMs) => {
      writer.marker('fight_end', atMs);
      keys.focusLost(atMs);
    },
  };
}
