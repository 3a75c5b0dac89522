/** A process that may crash: tries whether nut-js reaches a display (see nut-js.ts). Exit code 0 where it does. */
import { messageOf } from '../../core/errors.js';
import { touchDisplay } from './nut-js.js';

touchDisplay().catch((error: unknown) => {
  console.error(messageOf(error));
  process.exitCode = 1;
});
