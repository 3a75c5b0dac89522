/** In a separate file, and so in a separate process: node-screenshots connects to $DISPLAY once a process. */
import assert from 'node:assert/strict';
import test from 'node:test';
import { findWindow } from '../../src/desktop/find-window.js';
import { openFrames } from '../../src/capture/choose-backend.js';
import { openTestWindow } from '../../testing/display/test-window.js';
import { lacks, openDisplay } from '../../testing/display/x-display.js';
import { hasCode } from '../../testing/error-code.js';

test('node-screenshots without a window manager is refused with a way out', { skip: lacks('Xvfb') }, async () => {
  await using display = await openDisplay();
  process.env.DISPLAY = display.name;
  using window = await openTestWindow({ display: display.name, title: 'shot' });
  using game = await findWindow({ windowId: window.id });
  assert.throws(
    () => openFrames({ capture: 'node-screenshots', window: game }),
    hasCode('capture-failed', /--capture x11/, /_NET_CLIENT_LIST/),
  );
});
