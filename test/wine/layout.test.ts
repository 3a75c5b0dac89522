/**
 * Names and places of keys on keyboard layouts of Windows. Wine reads the layout of its display when it starts, and follows
 * it for the keys that write letters of English.
 */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { KEY_PLACES } from '../../src/core/game-key.js';
import { until } from '../../testing/until.js';
import type { LayoutReport } from '../../testing/windows/layout-probe.js';
import { lacksWine, PATIENCE_MS, wineForTests } from '../../testing/windows/wine.js';
import { VK, type WitnessedKey } from '../../testing/windows/witness.js';

/** The place of a letter's key, and the letter that the key at KeyZ writes. */
const LAYOUTS = [
  { layout: 'us', keyboard: 'an American', z: 'KeyZ', q: 'KeyQ', y: 'KeyY', m: 'KeyM', atKeyZ: 'z' },
  { layout: 'de', keyboard: 'a German', z: 'KeyY', q: 'KeyQ', y: 'KeyZ', m: 'KeyM', atKeyZ: 'y' },
  { layout: 'fr', keyboard: 'a French', z: 'KeyW', q: 'KeyA', y: 'KeyY', m: 'Semicolon', atKeyZ: 'w' },
] as const;

for (const { layout, keyboard, atKeyZ, ...letters } of LAYOUTS) {
  describe(`keys of ${keyboard} keyboard under Windows`, { skip: lacksWine() }, () => {
    const shared = wineForTests({ layout });
    let report: LayoutReport;

    before(async () => {
      report = (await shared.wine.probe('windows/layout-probe')) as LayoutReport;
    });

    test('every place is a key, each another, and where it is on every layout', () => {
      const places = Object.entries(report.places);
      assert.equal(places.length, Object.keys(KEY_PLACES).length);
      for (const [code, place] of places) assert.equal(place.found, 'plain', code);
      assert.equal(new Set(places.map(([, place]) => JSON.stringify(place))).size, places.length);
      assert.deepEqual(report.places.KeyZ, { found: 'plain', keycode: 44 });
      assert.deepEqual(report.places.ArrowUp, { found: 'plain', keycode: 0x148 });
    });

    test('a letter is at the key that writes it, and other names are at one place', () => {
      for (const [letter, code] of Object.entries(letters))
        assert.deepEqual(report.named[letter], report.places[code], `${letter} at ${code}`);
      assert.deepEqual(report.named.Up, report.places.ArrowUp);
      assert.deepEqual(report.named.space, report.places.Space);
      assert.deepEqual(report.named.KP_5, report.places.Numpad5);
      assert.equal(report.named['no-such-key'].found, 'unknown');
    });

    test('what needs Shift is said to need it, with the key that it is on', () => {
      assert.deepEqual(report.named.A, { found: 'with-modifier', plainName: 'a' });
      if (layout !== 'fr') assert.deepEqual(report.named.exclam, { found: 'with-modifier', plainName: '1' });
      else assert.deepEqual(report.named['1'], { found: 'with-modifier', plainName: 'ampersand' });
    });

    /** Holds JUMP's key alone until the window has seen it. UP, which is held too, is elsewhere. */
    async function pressed(name: string): Promise<WitnessedKey> {
      await using witness = await shared.wine.openWitness();
      await using agent = shared.wine.startProbe('agent/agent-with-held-keys', [
        'hold',
        '250',
        '20',
        '2',
        `JUMP=${name}`,
      ]);
      const found = (): WitnessedKey | undefined =>
        witness.keys.find(({ virtualKey, down }) => down && virtualKey !== VK.up);
      await until(`${name} is pressed`, () => found() !== undefined, PATIENCE_MS);
      process.kill(agent.pid, 'SIGKILL');
      await until('no key is down', () => witness.down.size === 0, PATIENCE_MS);
      return found()!;
    }

    test('a letter is pressed where it is, and a place with the letter that its key writes here', async () => {
      const virtualKeyOf = (letter: string): number => letter.toUpperCase().charCodeAt(0);
      const letter = await pressed('z');
      assert.equal(letter.virtualKey, VK.z);
      assert.equal(letter.scan, KEY_PLACES[letters.z]);
      const place = await pressed('code:KeyZ');
      assert.deepEqual([place.scan, place.virtualKey], [44, virtualKeyOf(atKeyZ)]);
    });
  });
}
