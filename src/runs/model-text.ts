/** What `model info` and `model run` say to people. */
import { visibleText } from '../core/visible-text.js';
import type { ImageRun, ModelInfo, runLatents } from '../policy/inspect.js';
import { textTable } from '../terminal/table.js';

export function infoText({ id, manifest, checked }: ModelInfo): string {
  const { width, height, crop, resize, gray } = manifest.preprocessing;
  const facts: [string, string][] = [
    ['format version', String(manifest.formatVersion)],
    ...(manifest.game === undefined ? [] : [['game', visibleText(manifest.game)] as [string, string]]),
    ['rate', `${manifest.fps} Hz`],
    ['window', `${manifest.windowLength} latents of ${manifest.latentSize}`],
    ['picture', `${width}x${height}, ${resize}, ${gray}`],
    ['crop', `left ${crop.left}, top ${crop.top}, width ${crop.width}, height ${crop.height}`],
    ['horizon', `${manifest.horizon}, applied ${manifest.apply}`],
    ['trained', typeof manifest.training.kind === 'string' ? manifest.training.kind : 'unknown'],
    ['checked', checked.join(', ')],
  ];
  const thresholds = manifest.actions.map((action) => {
    const threshold = manifest.thresholds[action];
    return [action, threshold?.press.toFixed(4) ?? '-', threshold?.release.toFixed(4) ?? '-'];
  });
  return [
    `${manifest.name} (${id})`,
    ...facts.map(([name, fact]) => `  ${name.padEnd(16)}${fact}`),
    '',
    textTable(['action', 'press at', 'release below'], thresholds),
  ].join('\n');
}

/** One line a picture. */
export function imagesText(runs: readonly ImageRun[]): string {
  const line = ({ image, graySha256, latent }: ImageRun): string =>
    `${image}: gray ${graySha256.slice(0, 12)}, ${numbers(latent)}`;
  return runs.map(line).join('\n');
}

/** One line a window. */
export function latentsText({ probabilities }: Awaited<ReturnType<typeof runLatents>>): string {
  return probabilities.map((row) => numbers(row)).join('\n');
}

/** The first few of many; --json has all. */
function numbers(values: readonly number[]): string {
  const shown = values.slice(0, 8).map((value) => value.toFixed(4));
  return values.length > shown.length ? `[${shown.join(' ')} ...] (${values.length})` : `[${shown.join(' ')}]`;
}
