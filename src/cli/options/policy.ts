/** The options that choose the policy: a bundle, its engine, other thresholds, when its decisions apply. */
import { ACTS } from '../../policy/act-gate.js';
import type { Command } from 'commander';
import { PLAY_ENGINES } from '../../runs/play-engine.js';
import { whole, choice } from './values.js';

export function addEngineAndThresholds(verb: Command): Command {
  return verb
    .addOption(
      choice(
        '--engine <name>',
        'onnxruntime, or tfjs: TensorFlow.js, after understudy setup training',
        PLAY_ENGINES,
        'onnxruntime',
      ),
    )
    .option('--threshold <list>', 'press (and release) thresholds, as in JUMP=0.4,DASH=0.5/0.3');
}

export function addAct(verb: Command): Command {
  return verb.addOption(
    choice(
      '--act <how>',
      'threshold, or sample: draw keys from the probabilities; default: what the bundle says',
      ACTS,
    ),
  );
}

export function addActSeed(verb: Command): Command {
  return verb.addOption(whole('--act-seed <n>', 'of the draws of sample', 0, 2 ** 31, 1));
}

export function addApply(verb: Command): Command {
  return verb.addOption(
    choice('--apply <when>', 'at-once or next-tick; default: what the bundle says', ['at-once', 'next-tick']),
  );
}

export function addAnyGame(verb: Command): Command {
  return verb.option('--any-game', 'allow a model that was trained on another game');
}
