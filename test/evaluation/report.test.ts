/** The report: its figures say what its JSON says, and a real browser shows all of it, wide and narrow. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { before, test } from 'node:test';
import { pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';
import { findBrowser } from '../../src/arena/browser/find-browser.js';
import { STUDY_NAMES } from '../../src/core/study-actions.js';
import type { EvaluationDocument } from '../../src/evaluation/evaluate-models.js';
import { decisionDelayFigure } from '../../src/evaluation/figures/decision-delay.js';
import { NARROW_PX, WIDE_PX, type Figure } from '../../src/evaluation/figures/figure.js';
import { comparisonHeatmap, scoreHeatmap } from '../../src/evaluation/figures/heatmap.js';
import { latencyHistogram } from '../../src/evaluation/figures/latency.js';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { ABSENT, HUMAN_PAINT, MODEL_PAINTS, THIN_PAINT } from '../../src/evaluation/figures/theme.js';
import { wilson95 } from '../../src/evaluation/intervals.js';
import { reportFigures } from '../../src/evaluation/report/figures.js';
import { writeReport } from '../../src/evaluation/report/write-report.js';
import { marksOf } from '../../testing/pictures/figure-marks.js';
import { scoredFights } from '../../testing/sessions/scored-fights.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('report');
let scored: EvaluationDocument;
before(async () => (scored = await scoredFights(folder)));

const delays = [0, 50, 100].map((delayMs, i) => ({
  ...{ delayMs, fights: 30, wins: 30 - 5 * i, winRate: 1 - i / 6 },
  winRate95: wilson95(30 - 5 * i, 30),
}));
const partsOf = (evaluation: EvaluationDocument) => ({
  evaluation,
  sweep: null,
  latency: latencyHistogram('a run', [4, 5, 5.2, 6, 9, 31], 1),
  decisionDelay: delays,
  reconstructions: null,
});
/** The document of `report.json`, which the figures are compared with. */
const asJson = (): EvaluationDocument => JSON.parse(JSON.stringify(scored)) as EvaluationDocument;
const draw = (figure: Figure, widthPx = WIDE_PX): Promise<string> => renderSvg(figure.draw(widthPx));
const section = (name: keyof ReturnType<typeof reportFigures>) => reportFigures(partsOf(scored))[name];

test('each cell of the heatmap is a score of the JSON; without support it is hatched and says N/A, never 0.00', async () => {
  const json = asJson();
  const svg = await draw(scoreHeatmap('one', '', [heatmapModel(json, 0)]));
  const texts = marksOf(svg, 'text mark');
  assert.equal(texts.length, 3 * STUDY_NAMES.length);
  for (const action of STUDY_NAMES) {
    const { support, precision, recall, f1 } = json.models[0].perAction[action];
    const row = `${action} (n=${support})`;
    for (const [column, value] of Object.entries({ precision, recall, F1: f1 })) {
      const cell = texts.find(({ fields }) => fields['row'] === row && fields['column'] === column);
      assert.equal(cell?.text, support === 0 ? 'N/A' : value.toFixed(2), `${row} ${column}`);
    }
    const rects = marksOf(svg, 'rect mark').filter(({ fields }) => fields['row'] === row);
    assert.equal(rects.length, 3);
    if (support === 0) assert.ok(rects.every(({ fill }) => fill === ABSENT.paint));
    else if (support < json.evidenceFloor) assert.ok(rects.every(({ fill }) => fill === THIN_PAINT));
  }
});

function heatmapModel(json: EvaluationDocument, place: number) {
  const { name, composite, perAction, evidence } = json.models[place];
  return { name, composite, perAction, thin: evidence.thin };
}

test('the colour of a cell depends on its value alone: the scale is 0 to 1 for every model', async () => {
  const json = asJson();
  const at = (f1: number) => {
    const model = heatmapModel(json, 0);
    const LEFT = { precision: f1, recall: f1, f1, support: 500 };
    return { ...model, perAction: { ...model.perAction, LEFT }, thin: [] };
  };
  const fillOf = async (models: ReturnType<typeof at>[]): Promise<string> => {
    const rects = marksOf(await draw(scoreHeatmap('x', '', models)), 'rect mark');
    return rects.find(({ fields }) => fields['row'] === 'LEFT (n=500)' && fields['column'] === 'F1')!.fill;
  };
  assert.equal(await fillOf([at(0.5)]), await fillOf([at(0.5), at(0.9)]));
  assert.notEqual(await fillOf([at(0.5)]), await fillOf([at(0.9)]));
});

test('the comparison ranks models and shows composite and F1 of each', async () => {
  const json = asJson();
  const models = [0, 1].map((place) => heatmapModel(json, place));
  const texts = marksOf(
    await draw(comparisonHeatmap('c', '', { trials: models, scored: ['JUMP', 'SHOOT', 'DASH'] })),
    'text mark',
  );
  for (const [place, { name, composite, perAction }] of models.entries()) {
    const row = texts.filter(({ fields }) => fields['row'] === `${place + 1}. ${name}`);
    assert.equal(row.find(({ fields }) => fields['column'] === 'composite')?.text, composite.toFixed(2));
    const left = row.find(({ fields }) => fields['column'] === 'LEFT');
    assert.equal(left?.text, perAction.LEFT.f1.toFixed(2));
    assert.equal(row.find(({ fields }) => fields['column'] === 'DASH')?.text, 'N/A');
  }
});

test('each run on a timeline lies where the JSON has it, human filled, each model in its own lane', async () => {
  const json = asJson();
  const [figure] = section('timelines');
  const svg = await draw(figure);
  const plot = Number(/class="background"[^>]*d="M[\d.]+,[\d.]+h([\d.]+)/.exec(svg)![1]);
  const timeline = json.timelines[0];
  const [first, end] = timeline.predicted;
  const frameAt = (px: number): number => first + (px / plot) * (end - first);
  const marks = marksOf(svg, 'rect mark');
  const drawn = (fill: string): string[] =>
    marks
      .filter((mark) => mark.fill === fill)
      .map(({ path, fields }) => {
        const [, x, , width] = /^M([\d.e-]+),([\d.e-]+)h([\d.e-]+)/.exec(path)!.map(Number);
        return `${fields['label']} ${Math.round(frameAt(x))} ${Math.round(frameAt(x + width))}`;
      })
      .sort();
  const expected = (runs: (typeof timeline)['human']): string[] =>
    STUDY_NAMES.flatMap((action) => runs[action].map(([from, to]) => `${action} ${from} ${to}`)).sort();
  assert.ok(expected(timeline.human).length > 0);
  assert.deepEqual(drawn(HUMAN_PAINT), expected(timeline.human));
  const ranked = [...json.models].sort(
    (a, b) => (b.evidence.rankedComposite ?? -1) - (a.evidence.rankedComposite ?? -1),
  );
  for (const [place, { name }] of ranked.entries()) {
    const { held } = timeline.models.find((model) => model.name === name)!;
    assert.deepEqual(drawn(MODEL_PAINTS[place]), expected(held));
  }
});

test('the histograms of lags and latencies, and the shares of frames, are the JSON’s', async () => {
  const json = asJson();
  const lags = marksOf(await draw(section('presses')[0]), 'bar');
  for (const { name, onsets } of json.models) {
    for (const { ms, presses } of onsets.all.leadLag) {
      const bar = lags.find(
        ({ fields }) => fields['model'] === name && fields['predicted minus human press (ms)'] === String(ms),
      );
      assert.equal(bar?.fields['presses'], String(presses), `${name} ${ms}`);
    }
  }
  const shares = marksOf(await draw(section('frames')[0]), 'bar');
  for (const action of STUDY_NAMES) {
    const bar = shares.find(({ fields }) => fields['group'] === action && fields['series'] === 'human')!;
    const percent = (100 * json.perAction[action].support) / json.frames;
    assert.ok(Math.abs(Number(bar.fields['share of the frames (%)'].replace(',', '')) - percent) < 0.06, action);
  }
  const [latency, delay] = section('live');
  const bins = marksOf(await draw(latency), 'bar').map(({ fields }) => Number(fields['ticks']));
  assert.equal(
    bins.reduce((sum, ticks) => sum + ticks, 0),
    6,
  );
  const wins = marksOf(await draw(delay), 'text mark').map(({ text }) => text);
  assert.deepEqual(wins, ['30/30', '25/30', '20/30']);
  assert.equal(decisionDelayFigure(delays).id, delay.id);
});

test('the threshold in force is marked on the curves', async () => {
  const json = asJson();
  const ranked = [...json.models].sort(
    (a, b) => (b.evidence.rankedComposite ?? -1) - (a.evidence.rankedComposite ?? -1),
  );
  const texts = marksOf(await draw(section('thresholds')[0]), 'text mark').map(({ text }) => text);
  const { points } = ranked[0].curves.LEFT;
  const { press } = ranked[0].contract.thresholds.LEFT!;
  const distance = (threshold: number): number => Math.abs(threshold - press);
  const nearest = points.reduce((best, point) => (distance(point.threshold) < distance(best.threshold) ? point : best));
  assert.ok(texts.includes(`${nearest.f1.toFixed(2)} at ${nearest.threshold.toFixed(2)}`), texts.join());
});

test('the training curves are those of the records, and a model without any is named', async () => {
  const [curves] = asJson().models.find(({ name }) => name === 'one')!.trainingCurves;
  const figures = section('training');
  assert.equal(figures.length, 1, 'the other model has no record');
  const points = marksOf(await draw(figures[0]), 'point').map(({ fields }) => fields);
  for (const { epoch, loss, validationLoss } of curves.epochs) {
    for (const [series, value] of Object.entries({ training: loss, validation: validationLoss })) {
      const point = points.find((one) => one['epoch'] === String(epoch) && one['series'] === series);
      assert.ok(Math.abs(Number(point?.[curves.loss]) - value!) < 1e-9, `${series} ${epoch}`);
    }
  }
  const drawn = await writeReport({
    parts: partsOf(scored),
    folder: join(folder, 'curves'),
    withFigures: false,
    madeBy: '',
  });
  assert.match(readFileSync(drawn[0], 'utf8'), /No training curves of other/);
});

test('every figure keeps to the width it is given', async () => {
  for (const figure of Object.values(reportFigures(partsOf(scored))).flat()) {
    for (const width of [WIDE_PX, NARROW_PX]) {
      const drawnPx = Number(/width="([\d.]+)"/.exec(await draw(figure, width))![1]);
      // room for the labels is estimated, not measured; the page shrinks what is a little wider
      assert.ok(drawnPx <= width * 1.06, `${figure.id}: ${drawnPx} of ${width} px`);
    }
  }
});

const browser = (() => {
  try {
    return findBrowser();
  } catch {
    return null;
  }
})();

test(
  'a browser shows the report wide and narrow, with no error and nothing cut off',
  {
    skip: browser === null ? 'needs Chromium' : false,
  },
  async () => {
    const out = join(folder, 'report');
    const written = await writeReport({ parts: partsOf(scored), folder: out, withFigures: true, madeBy: 'a test' });
    assert.ok(written.some((path) => path.endsWith('heatmap.png')));
    const text = readFileSync(join(out, 'index.html'), 'utf8');
    assert.doesNotMatch(text, /<script|(?:src|href)="https?:/, 'it loads nothing and runs nothing');
    assert.deepEqual(
      (JSON.parse(readFileSync(join(out, 'report.json'), 'utf8')) as EvaluationDocument).frames,
      scored.frames,
    );
    const running = await chromium.launch({ executablePath: browser!, args: ['--no-sandbox'] });
    try {
      for (const [width, colorScheme] of [
        [1280, 'light'],
        [390, 'light'],
        [390, 'dark'],
      ] as const) {
        const page = await running.newPage({ viewport: { width, height: 900 }, colorScheme });
        const said: string[] = [];
        page.on('console', (message) => said.push(message.text()));
        page.on('pageerror', (error) => said.push(String(error)));
        page.on('request', (request) => {
          if (!request.url().startsWith('file:') && !request.url().startsWith('data:')) said.push(request.url());
        });
        await page.goto(pathToFileURL(join(out, 'index.html')).href);
        const seen = await page.evaluate(() => {
          const { clientWidth, scrollWidth } = document.documentElement;
          const visible = [...document.querySelectorAll('body *')].filter(
            (one) => one.getBoundingClientRect().width > 0,
          );
          return {
            overflow: scrollWidth - clientWidth,
            cut: visible
              .filter(
                (one) => one.getBoundingClientRect().right > clientWidth + 1 || one.getBoundingClientRect().left < -1,
              )
              .map((one) => `${one.tagName} ${(one.textContent ?? '').slice(0, 40)}`),
            figures: [...document.querySelectorAll('figure')].map(
              (one) => [...one.querySelectorAll('svg')].filter((svg) => svg.getBoundingClientRect().width > 0).length,
            ),
            background: getComputedStyle(document.body).backgroundColor,
          };
        });
        assert.deepEqual(said, []);
        assert.deepEqual([seen.overflow, seen.cut], [0, []], `at ${width} px`);
        assert.ok(seen.figures.length >= 8 && seen.figures.every((shown) => shown === 1), String(seen.figures));
        assert.equal(seen.background === 'rgb(22, 24, 27)', colorScheme === 'dark');
        await page.close();
      }
    } finally {
      await running.close();
    }
  },
);
