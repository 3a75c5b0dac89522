/** The keys of nut-js as a layout, for platforms without an X server. Its keycodes are indices of the table's keys. */
import type { KeyLayout } from '../key-layout.js';
import { NUT_JS_KEYS } from './nut-js-keys.js';

export function nutJsLayout(): KeyLayout {
  const names = [...NUT_JS_KEYS.keys()];
  const keys = [...new Set(NUT_JS_KEYS.values())];
  return {
    title: "nut-js' US keyboard",
    find: (name) => {
      const key = NUT_JS_KEYS.get(name);
      if (key !== undefined) return { found: 'plain', keycode: keys.indexOf(key) };
      const plainName = name.toLowerCase();
      return NUT_JS_KEYS.has(plainName) ? { found: 'with-modifier', plainName } : { found: 'unknown' };
    },
    names: () => names,
  };
}
