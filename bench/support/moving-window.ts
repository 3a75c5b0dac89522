/**
 * A window of 1280x720 whose picture changes 30 times a second, in a separate process so that painting it costs the
 * measured one nothing.
 *
 *   node dist/bench/support/moving-window.js :7 'a title'
 */
import { openTestWindow } from '../../testing/display/test-window.js';

/** Painting every frame of a 60 Hz loop would measure the painter. */
const PAINTS_PER_SECOND = 30;
/** No colour is dark: an agent does not play a black picture. */
const LIT = 0x404040;

const [, , display, title] = process.argv;
if (display === undefined || title === undefined) throw new Error('expected a display and a title');

const window = await openTestWindow({ display, title, width: 1280, height: 720 });
window.takeFocus();
process.stdout.write(`${window.id}\n`);
let paints = 0;
setInterval(() => {
  paints += 1;
  window.paint(((paints * 0x010305) & 0xffffff) | LIT);
}, 1000 / PAINTS_PER_SECOND);
