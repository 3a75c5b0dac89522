/** Whether each mapped key is on the layout. */
import { messageOf, UnderstudyError } from '../../core/errors.js';
import type { KeyLayout } from '../../desktop/key-layout.js';
import { bindKeys, isUnmapped, keysymOf, type KeysymOfAction } from '../../keyboard/key-map.js';
import { failed, passed, type Check } from '../../system/check.js';

/** Key by key, so that one unreachable key does not hide the next. */
export function checkKeys(layout: KeyLayout, keys: KeysymOfAction): Check[] {
  return keys.actions.names.map((action) => {
    if (isUnmapped(keys, action)) return passed(`key ${action}`, 'has no key: never pressed, never recorded');
    const name = keysymOf(keys, action);
    const place = layout.find(name);
    if (place.found === 'plain') return passed(`key ${action}`, `${name} is keycode ${place.keycode}`);
    try {
      bindKeys({ ...keys, actions: keys.actions.subset([action]) }, layout);
      return passed(`key ${action}`, name);
    } catch (error) {
      const next = error instanceof UnderstudyError ? error.next : 'Choose another key with --keys.';
      return failed(`key ${action}`, `${name}: ${messageOf(error)}`, next);
    }
  });
}
