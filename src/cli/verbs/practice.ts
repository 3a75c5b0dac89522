/**
 * Makes an agent better by reward alone.
 *
 *   understudy practice models/mine --arena --level hard --out models/practised
 *   understudy practice models/mine --game games/mine/game.json --allow-launch --out models/practised
 */
import { Command } from 'commander';
import { LEVEL_NAMES, type Level } from '../../arena/fight/rules.js';
import type { AskedPractice } from '../../practice/asked-practice.js';
import { COMPARE_FIGHTS, DECISIONS, PRACTICE_DEFAULTS } from '../../practice/defaults.js';
import { typedCommand } from '../options/train.js';
import { whole, number, choice, oneOf } from '../options/values.js';
import { addAllowLaunch } from '../options/window.js';
import { Signals } from '../signals.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';

interface PracticeOptions extends AskedPractice {
  readonly json?: boolean;
}

const { learner: LEARNER, ...USUAL } = PRACTICE_DEFAULTS;

export function practiceVerb(): Command {
  const verb = new Command('practice')
    .description('reinforcement learning of the head, by reward alone, in a game that can be stepped')
    .argument('<bundle>', 'the agent')
    .requiredOption('--out <folder>', 'the practised bundle; written only where it plays better beyond the noise')
    .option('--arena', 'practise in the arena')
    .option('--level <list>', `with --arena: ${LEVEL_NAMES.join(', ')}, or several in turn; default normal`, levels)
    .option('--game <file>', 'practise in the game that a program steps (`stepped` of its file)');
  return addAllowLaunch(verb)
    .addOption(whole('--decisions <n>', 'practise this long', 1, 1e9, DECISIONS))
    .option('--reward <list>', 'what an event is worth, as in damage=-1,won=2; others stay as they are')
    .addOption(number('--learning-rate <r>', "Adam's", 0, 1, LEARNER.learningRate))
    .addOption(number('--kl <w>', 'penalty for leaving the first head', 0, 100, LEARNER.klWeight))
    .addOption(number('--entropy <w>', 'bonus for trying', 0, 10, LEARNER.entropyWeight))
    .addOption(
      number('--temperature <t>', 'of the draws; default 0.5, and 1 of a bundle that draws its keys', 0.01, 10),
    )
    .addOption(whole('--fights <n>', 'of an update', 2, 10_000, USUAL.fights))
    .addOption(whole('--burn-in <n>', 'updates of the critic alone', 0, 1000, USUAL.burnIn))
    .addOption(whole('--check-every <n>', 'updates', 1, 10_000, USUAL.checkEvery))
    .addOption(whole('--check-fights <n>', 'of a check', 5, 10_000, USUAL.checkFights))
    .addOption(whole('--compare-fights <n>', 'at the end', 5, 10_000, COMPARE_FIGHTS))
    .addOption(whole('--first-seed <n>', 'of the first fight', 0, 900_000, USUAL.firstSeed))
    .addOption(whole('--seed <n>', 'of the critic and the order', 0, 2 ** 31, USUAL.seed))
    .option('--fresh-head', 'begin with random weights: what the cloning was worth', false)
    .addOption(whole('--threads <n>', 'that play; default: one a core', 1, 64))
    .addOption(choice('--engine <name>', 'tfjs-node, or cpu', ['tfjs-node', 'cpu'], 'tfjs-node'))
    .option('--deterministic', 'one thread learns: the same weights to the last bit')
    .option('--work <folder>', 'checkpoint and TensorBoard events; default <out>.work')
    .option('--resume', 'continue where the same command was stopped')
    .option('--json', 'print the result as one JSON document')
    .addHelpText('after', '\nExample:\n  understudy practice models/mine --arena --level hard --out models/practised\n')
    .action(practiseAgent);
}

const levels = (text: string): Level[] => text.split(',').map(oneOf('--level', LEVEL_NAMES));

async function practiseAgent(bundle: string, options: PracticeOptions): Promise<void> {
  const { askedPractice } = await import('../../practice/asked-practice.js');
  const { practise } = await import('../../practice/practise.js');
  const { PracticeProgress, practiceText } = await import('../../practice/practice-text.js');
  using signals = new Signals();
  using progress = new PracticeProgress(process.stderr);
  const request = await askedPractice(bundle, options, typedCommand());
  const report = await practise(request, progress, signals.signal);
  if (report === null) return sayOnError(`stopped; the same command with --resume continues (${request.work})`);
  makeOutput(options.json ?? false).answer(report, practiceText(report));
}
