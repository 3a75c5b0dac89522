/**
 * The name of a key in a session's log: pynput's name, as the study's recorder writes it. The one place that converts
 * the keyboard's names (keysyms) to the session's.
 */
import { badOption, type UnderstudyError } from '../../core/errors.js';
import { isButtonName } from '../../desktop/key-layout.js';
import { keysymOf, mappedActions, type KeysymOfAction as KeysymMap } from '../../keyboard/key-map.js';
import type { ActionOfKey as LogKeyMap } from '../../session/key-names.js';
import type { RecorderKeys } from '../../session/key-recorder.js';

/** Keysym -> pynput's name (pynput 1.8, keyboard/_xorg.py: Key), for what is neither a letter nor a plain rule. */
const NAMED: Readonly<Record<string, string>> = {
  ...{ Return: 'Key.enter', Escape: 'Key.esc', BackSpace: 'Key.backspace' },
  ...{ Prior: 'Key.page_up', Next: 'Key.page_down' },
  ...{ Page_Up: 'Key.page_up', Page_Down: 'Key.page_down', Control_L: 'Key.ctrl', Control_R: 'Key.ctrl_r' },
  ...{ Shift_L: 'Key.shift', Shift_R: 'Key.shift_r', Alt_L: 'Key.alt', Alt_R: 'Key.alt_r', Super_L: 'Key.cmd' },
  ...{ Super_R: 'Key.cmd_r', ISO_Level3_Shift: 'Key.alt_gr', Mode_switch: 'Key.alt_gr', Print: 'Key.print_screen' },
  ...{ semicolon: ';', equal: '=', comma: ',', minus: '-', period: '.', slash: '/', grave: '`', apostrophe: "'" },
  ...{ bracketleft: '[', bracketright: ']', backslash: '\\', less: '<', numbersign: '#', plus: '+' },
};

/** Keysyms that pynput has as `Key.` and the same in lower case: Up, space, Caps_Lock, F5. */
const SAME_IN_LOWER_CASE =
  /^(Up|Down|Left|Right|space|Tab|Home|End|Insert|Delete|Menu|Pause|Caps_Lock|Num_Lock|Scroll_Lock|F\d\d?)$/;

/**
 * The log name of a key: of a mouse button pynput's (`Button.left`; mouse/_base.py), of a place the name as it is
 * (`code:KeyX`), since another layout gives another keysym there. Where pynput has no name for a keysym, the keysym itself.
 */
export function logNameOf(keysym: string): string {
  if (isButtonName(keysym)) return keysym.replace('mouse:', 'Button.');
  return NAMED[keysym] ?? (SAME_IN_LOWER_CASE.test(keysym) ? `Key.${keysym.toLowerCase()}` : keysym);
}

/** A game's keys and the hot keys as keysyms, and their names in the log. */
export interface RecordedKeys {
  readonly map: LogKeyMap;
  readonly hotKeys: RecorderKeys;
  /** Keysym names of the game's keys and the hot keys. */
  readonly keysyms: readonly string[];
}

/**
 * @param keys the game's
 * @param hotKeys keysym names as in `1,8,9`: stop, a fight begins, a fight ends
 * @throws UnderstudyError `bad-option` for other than three different keys, or one that the game uses
 */
export function recordedKeys(keys: KeysymMap, hotKeys: string): RecordedKeys {
  const hot = hotKeys.split(',').map((name) => name.trim());
  const [stop, fightStart, fightEnd] = hot;
  if (hot.length !== 3 || hot.includes('') || new Set(hot).size !== 3) {
    throw badHotKeys(`--hot-keys ${hotKeys}: expected three different keys: stop, fight start, fight end.`);
  }
  const shared = mappedActions(keys).find((action) => hot.includes(keysymOf(keys, action)));
  if (shared !== undefined) {
    throw badHotKeys(
      `--hot-keys ${hotKeys}: '${keysymOf(keys, shared)}' is the game's key for ${shared}, which must be recorded.`,
    );
  }
  const { map, keysyms } = playedKeys(keys);
  return {
    map,
    hotKeys: { stop: logNameOf(stop), fightStart: logNameOf(fightStart), fightEnd: logNameOf(fightEnd) },
    keysyms: [...keysyms, ...hot],
  };
}

/** Without hot keys: the game's keys alone. An unmapped action has none, and is recorded as never held. */
export function playedKeys(keys: KeysymMap): Omit<RecordedKeys, 'hotKeys'> {
  return {
    map: new Map(mappedActions(keys).map((action) => [logNameOf(keysymOf(keys, action)), action])),
    keysyms: mappedActions(keys).map((action) => keysymOf(keys, action)),
  };
}

function badHotKeys(message: string): UnderstudyError {
  return badOption(message, 'Give three keysym names that the game does not use: --hot-keys F1,F8,F9.');
}
