/** What thirty actions, or one, do to sentences, tables and pictures that were drawn for seven. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { LabelMatrix } from '../../src/core/label-matrix.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { leadLagFigure } from '../../src/evaluation/figures/lead-lag.js';
import { heldFramesChart } from '../../src/evaluation/figures/session-charts.js';
import { learnedText } from '../../src/evaluation/learned-text.js';
import { listed, namesText } from '../../src/evaluation/names-text.js';
import { OverlayLayout } from '../../src/evaluation/overlay/layout.js';
import { SyncCanvas } from '../../src/evaluation/overlay/sync-canvas.js';
import { scoreOnsets } from '../../src/evaluation/onset-scores.js';
import { readDataset } from '../../src/session/dataset.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { recordColumnSession } from '../../testing/sessions/column-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('many-names');
const THIRTY = new ActionSet({ names: Array.from({ length: 30 }, (_, i) => `SpecialWeapon${i}`) });
const ONE = new ActionSet({ names: ['Flap'] });

test('a sentence names the study’s seven, and of thirty the first and how many more', () => {
  assert.equal(namesText(STUDY_ACTIONS.names), STUDY_ACTIONS.names.join(', '));
  assert.equal(listed(['JUMP', 'SHOOT', 'DASH']), 'JUMP, SHOOT and DASH');
  assert.deepEqual([listed(ONE.names), listed([]), namesText([])], ['Flap', '', '']);
  const six = Array.from({ length: 6 }, (_, i) => `SpecialWeapon${i}`).join(', ');
  for (const text of [listed(THIRTY.names), namesText(THIRTY.names)]) assert.equal(text, `${six} and 24 more`);
});

test('the table of what was learned is no wider for a composite of thirty actions', () => {
  const one = { support: 30, f1: 0.5, always: 0.5, majority: 0, copyLast: 0.5, kappa: 0 };
  const means = { f1: 0.5, always: 0.5, majority: 0, copyLast: 0.5 };
  const text = learnedText({
    verdict: 'little',
    kappa: 0,
    perAction: Object.fromEntries(THIRTY.names.map((name) => [name, one])),
    composite: { over: THIRTY.names, ...means },
    text: 'Little was learned.',
    absent: [],
  });
  assert.match(text, /^composite of 30 actions /m);
  for (const line of text.split('\n')) assert.ok(line.length <= 80, line);
});

test('the panel of an overlay has room for names that differ in their last letters only; the study’s is as it was', () => {
  const picture = { width: 640, height: 480 };
  assert.equal(new OverlayLayout(picture, 1, STUDY_ACTIONS).columnWidth, 88);
  const layout = new OverlayLayout(picture, 1, THIRTY);
  const name = layout.lamp(1, 12).left + layout.lampSize + layout.nameGap;
  const room = layout.columnLeft(1) + layout.columnWidth - name;
  assert.ok(room >= 9 * 0.602 * 'SpecialWeapon12'.length, `${room} px`);
  assert.ok(new OverlayLayout(picture, 4, THIRTY).panel.width < 800);
});

test('beside the panel of thirty actions nothing of a small picture’s canvas is white', async () => {
  const size = { width: 640, height: 480 };
  const labels = LabelMatrix.zeros(THIRTY, 1);
  const logged = { labels, fights: Int32Array.of(-1), times: Float64Array.of(0) };
  const canvas = await SyncCanvas.open(size, logged);
  canvas.draw(0, { ...size, pixels: new Uint8Array(4 * 640 * 480).fill(90) });
  const { width, height, pixels } = canvas.image;
  assert.ok(height > size.height);
  for (const [x, y] of [
    [0, 480],
    [639, height - 1],
    [320, 600],
  ]) {
    assert.deepEqual([...pixels.subarray(4 * (y * width + x), 4 * (y * width + x) + 3)], [0x18, 0x14, 0x14]);
  }
});

test('no axis of shares goes beyond 100 %, though the one action is always held', async () => {
  const session = await recordColumnSession(folder, ONE, { fights: 3, name: 'one' });
  const svg = await renderSvg(heldFramesChart(sessionStatistics((await readDataset([session])).sessions)));
  const shown = textsOf(svg).filter((text) => /^\d+$/.test(text));
  assert.deepEqual(shown, ['0', '20', '40', '60', '80', '100']);
});

test('a histogram of presses without any has whole numbers on its axis', async () => {
  const labels = LabelMatrix.zeros(ONE, 60);
  const { all } = scoreOnsets(labels, labels, { rateHz: 10 });
  const figure = leadLagFigure([{ name: 'm', all }]);
  const shown = textsOf(await renderSvg(figure.draw(900)));
  assert.ok(shown.includes('1'), shown.join(' '));
  assert.ok(!shown.some((text) => text.includes('.')), shown.join(' '));
});

function textsOf(svg: string): string[] {
  return [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
}
