/** Keycodes of Xvfb's own keyboard (evdev's, as X counts them). */
export const KEY = {
  one: 10,
  eight: 17,
  nine: 18,
  enter: 36,
  d: 40,
  f: 41,
  g: 42,
  space: 65,
  f8: 74,
  up: 111,
  left: 113,
  right: 114,
  down: 116,
  menu: 135,
} as const;
