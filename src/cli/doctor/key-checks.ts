/** Whether each mapped key is on the layout. */
import { ACTIONS } from '../../core/actions.js';
import { messageOf, UnderstudyError } from '../../core/errors.js';
import type { KeyLayout } from '../../desktop/key-layout.js';
import { bindKeys, type KeysymOfAction } from '../../keyboard/key-map.js';
import { failed, passed, type Check } from '../../system/check.js';

/** Key by key, so that one unreachable key does not hide the next. */
export function checkKeys(layout: KeyLayout, keys: KeysymOfAction): Check[] {
  return ACTIONS.map((action) => {
    const place = layout.find(keys[action]);
    if (place.found === 'plain') return passed(`key ${action}`, `${keys[action]} is keycode ${place.keycode}`);
    try {
      bindKeys(keys, layout);
      return passed(`key ${action}`, keys[action]);
    } catch (error) {
      const next = error instanceof UnderstudyError ? error.next : 'Choose another key with --keys.';
      return failed(`key ${action}`, `${keys[action]}: ${messageOf(error)}`, next);
    }
  });
}
