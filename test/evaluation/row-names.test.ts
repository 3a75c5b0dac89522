/** No row of a figure is without its name, at any width and for any number of actions. Read from the drawn SVG. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { WIDE_PX, NARROW_PX } from '../../src/evaluation/figures/figure.js';
import { renderSvg } from '../../src/evaluation/figures/render.js';
import { timelineFigure } from '../../src/evaluation/figures/timeline.js';

for (const count of [3, 7, 12, 30]) {
  for (const models of [1, 3]) {
    test(`a timeline of ${count} actions and ${models} models names each row, wide and narrow`, async () => {
      const actions = Array.from({ length: count }, (_, i) => `ACTION_${i}`);
      const names = Array.from({ length: models }, (_, i) => `model-${i}`);
      const held = Object.fromEntries(actions.map((action, i) => [action, [[i, i + 5]] as const]));
      const timeline = {
        ...{ session: 'session', fight: 0, predicted: [0, 400] as const, human: held },
        models: names.map((name) => ({ name, held })),
      };
      const figure = timelineFigure('t', timeline, names, 10);
      for (const widthPx of [NARROW_PX, 500, WIDE_PX, 1280]) {
        const svg = await renderSvg(figure.draw(widthPx));
        const shown = [...svg.matchAll(/<text[^>]*>([^<]*)<\/text>/g)].map(([, text]) => text);
        assert.deepEqual(
          actions.filter((action) => !shown.includes(action)),
          [],
          `${widthPx} px`,
        );
      }
    });
  }
}
