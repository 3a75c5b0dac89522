/** What stands beside the rows, axes and panels of every figure that shows actions: nothing is dropped at any width. */
import assert from 'node:assert/strict';
import { join } from 'node:path';
import { test } from 'node:test';
import { ActionSet } from '../../src/core/action-set.js';
import { STUDY_ACTIONS } from '../../src/core/study-actions.js';
import { evaluateModels, type EvaluationDocument } from '../../src/evaluation/evaluate-models.js';
import { drawFigure } from '../../src/evaluation/figures/figure.js';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { heldFramesChart, pressesChart } from '../../src/evaluation/figures/session-charts.js';
import { predictFights } from '../../src/evaluation/predict.js';
import { reportFigures } from '../../src/evaluation/report/figures.js';
import { splitOf } from '../../src/evaluation/split.js';
import { readDataset } from '../../src/session/dataset.js';
import { sessionStatistics } from '../../src/session/statistics.js';
import { STUDY_CONTRACT } from '../../src/vision/preprocessing-contract.js';
import { smallBundle } from '../../testing/models/small-bundle.js';
import { recordColumnSession } from '../../testing/sessions/column-session.js';
import { folderForTests } from '../../testing/temporary-folder.js';

const folder = folderForTests('figure-labels');

const SETS = {
  three: new ActionSet({ names: ['SteerLeft', 'SteerRight', 'Honk'], scored: ['Honk'] }),
  seven: STUDY_ACTIONS,
  // one of them with the longest name that there may be
  twelve: new ActionSet({
    names: ['Gear1', 'Gear2', 'Gear3', 'Gear4', 'Clutch', 'Horn', 'Wipers', 'Lights', 'Winch', 'Door', 'Tilt'].concat(
      'ReleaseTheOtherHandbrake',
    ),
  }),
};

for (const [title, actions] of Object.entries(SETS)) {
  test(`with ${title} actions every figure names each of them, on a wide and on a narrow screen`, async () => {
    const session = await recordColumnSession(folder, actions, { fights: 3, name: title, contract: STUDY_CONTRACT });
    const dataset = await readDataset([session]);
    const document = await evaluated(join(folder, `${title}-model`), actions, dataset);
    const held = actions.names.filter((action) => document.perAction[action].support > 0);
    for (const [section, figures] of Object.entries(sectionsOf(document))) {
      assert.ok(figures.length > 0, section);
      const named = section === 'thresholds' ? held : actions.names; // the curves are those of actions that were held
      for (const figure of figures) {
        const { id, wide, narrow } = await drawFigure(figure);
        for (const [width, svg] of Object.entries({ wide, narrow })) assertNames(svg, named, `${id}, ${width}`);
      }
    }
    const statistics = sessionStatistics(dataset.sessions);
    for (const chart of [heldFramesChart(statistics), pressesChart(statistics)]) {
      assertNames(await renderSvg(chart), actions.names, 'a chart of the session');
    }
  });
}

/** The sections whose figures have rows, panels or bars by action. */
function sectionsOf(evaluation: EvaluationDocument) {
  const parts = { evaluation, sweep: null, latency: null, decisionDelay: null, reconstructions: null };
  const { actions, timelines, thresholds, frames } = reportFigures(parts);
  return { actions, timelines, thresholds, frames };
}

async function evaluated(
  path: string,
  actions: ActionSet,
  dataset: Awaited<ReturnType<typeof readDataset>>,
): Promise<EvaluationDocument> {
  const models = [];
  for (const seed of [1, 2]) {
    const bundle = await smallBundle(`${path}-${seed}`, { actions, seed, leftAlone: [] });
    const predictions = await predictFights({ bundle, dataset });
    models.push({ bundle, predictions, split: splitOf(bundle.manifest, dataset) });
  }
  return evaluateModels({ dataset, models, onlyHeldOut: false, evidenceFloor: 5, timelines: 1 });
}

/** Each action is written somewhere, whole: alone, or before its value as in `UP (n=3)`. */
function assertNames(svg: string, names: readonly string[], where: string): void {
  const texts = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
  for (const action of names) {
    const isNamed = texts.some((text) => text === action || text.startsWith(`${action} `));
    assert.ok(isNamed, `${where}: no label '${action}' among ${texts.join(' | ')}`);
  }
}
