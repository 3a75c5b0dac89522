/**
 * From recordings to a bundle that `play` accepts, in one command that may be stopped and resumed.
 *
 *   understudy train sessions/demos --out models/mine
 *   understudy train sessions/demos --out models/mine --resume
 *   understudy train sessions/Train --preset study --latent 512 --head gru --out models/study
 */
import { Command } from 'commander';
import { addPicture, integerBetween, numberBetween, oneOf, whole, number, choice } from '../options/values.js';
import { EFFORT_NAMES } from '../../training/presets.js';
import { ACTS } from '../../policy/act-gate.js';
import { makeOutput, sayOnError } from '../../terminal/output.js';
import { trainText } from '../../runs/train-text.js';
import { addKeys, addLabelRule, addLenient } from '../options/session.js';
import { Signals } from '../signals.js';
import { addAllowLaunch } from '../options/window.js';
import { TRAIN_METHODS } from '../../training/asked-settings.js';
import { askedJudges, JUDGE_FIGHTS, type AskedJudges } from '../../runs/game/asked-evaluation.js';
import { trainRequest, type TrainVerbOptions } from '../options/train.js';

/** More would be a typing mistake: the study's longest training has 20. */
const MOST_EPOCHS = 1000;

export function trainVerb(): Command {
  const verb = new Command('train')
    .description('train an agent on recorded sessions and write a bundle that `play` accepts')
    .argument('<sessions...>', 'sessions: paths without ending, their files, or names under sessions/')
    .requiredOption('--out <folder>', 'the bundle; what was there stays until the new one is whole');
  addArchitecture(verb);
  addSettings(verb);
  addData(verb);
  addRun(verb);
  return verb
    .addHelpText('after', '\nExample:\n  understudy train sessions/demos --latent 512 --head gru --out models/mine\n')
    .action(async (names: string[], options: TrainVerbOptions & AskedJudges) => {
      const { trainSessions } = await import('../../training/train-sessions.js');
      const { TrainingProgress } = await import('../../runs/train-progress.js');
      using signals = new Signals();
      using progress = new TrainingProgress(process.stderr);
      const evaluation = askedJudges(options, options);
      const summary = await trainSessions(trainRequest(names, options), progress, signals.signal);
      if (summary === null) return;
      const output = makeOutput(options.json ?? false);
      if (evaluation === null) {
        output.answer(summary, trainText(summary));
        return;
      }
      const { judgeWays, judgementText } = await import('../../runs/game/judge-ways.js');
      const environment = { signals, say: sayOnError, watch: null };
      const judged = await judgeWays({ ...summary, evaluation }, environment).catch((error: unknown) => {
        output.answer({ ...summary, judged: null }, trainText(summary)); // the bundle is there, whatever the game did
        throw error;
      });
      const text = `${trainText(summary)}\n\n${judged === null ? 'not judged: interrupted' : judgementText(judged)}`;
      output.answer({ ...summary, ...(judged && { id: judged.id }), judged }, text);
    });
}

function addArchitecture(verb: Command): void {
  const kinds = oneOf('--autoencoder', ['advanced', 'baseline']);
  addNetwork(verb)
    .addOption(
      choice(
        '--method <name>',
        "together: encoder and head at once, on the keys; autoencoder: as in the study; default the preset's",
        TRAIN_METHODS,
      ),
    )
    .option('--autoencoder <kind>', 'advanced (a dense latent) or baseline (the map of 18,432)', kinds)
    .addOption(whole('--latent <n>', 'size of the latent', 1, 8192, 512))
    .addOption(
      choice(
        '--act <how>',
        'threshold, sample (draw keys), or choose: what is most like the person on held-out fights',
        [...ACTS, 'choose'],
      ),
    )
    .option('--encoder <bundle>', "take this bundle's encoder as it is and train the head alone")
    .addOption(choice('--head <cell>', 'gru or lstm', ['gru', 'lstm'], 'gru'));
}

const PRESETS = ['understudy', 'study'] as const;

/** The preset, and layers of other sizes than the study's: `sweep` takes them too. */
export function addNetwork(verb: Command): Command {
  return verb
    .addOption(choice('--preset <name>', "understudy, or study: the write-up's settings", PRESETS, 'understudy'))
    .option('--channels <list>', "filters of the convolutions; default the preset's", sizes('--channels'))
    .option('--units <list>', "units of the recurrent layers; default the study's 128,64", sizes('--units'));
}

/** Loss, epochs, step size and threshold: `sweep` takes them too. */
export function addSettings(verb: Command): void {
  const epochs = (option: string) => integerBetween(option, 1, MOST_EPOCHS);
  verb
    .addOption(choice('--loss <name>', "bce or focal; default the preset's", ['bce', 'focal']))
    .addOption(number('--gamma <g>', 'of the focal loss', 0, 10))
    .addOption(number('--alpha <a>', 'of the focal loss: the weight of a press, 1 - a that of none', 0, 1))
    .addOption(
      number(
        '--rare-weight <w>',
        'weight of windows with a rare action: JUMP and DASH, or those of the game file',
        0.01,
        1000,
      ),
    )
    .addOption(choice('--effort <name>', 'quick, usual or long: 0.4, 1 or 2 times the epochs', EFFORT_NAMES))
    .option('--epochs <n>', 'at most, of the head', epochs('--epochs'))
    .option('--autoencoder-epochs <n>', 'at most, of the autoencoder', epochs('--autoencoder-epochs'))
    .addOption(whole('--batch <n>', 'samples a step; with --method together in chunks of 32', 1, 4096))
    .addOption(number('--learning-rate <r>', "Adam's", 1e-8, 10))
    .addOption(number('--threshold <p>', 'press at this probability; default: tuned on validation', 0.01, 1));
}

/** How sessions are read and divided: `sweep` takes that too. */
export function addData(verb: Command): void {
  const share = (option: string) => numberBetween(option, 0, 0.9);
  addPicture(addLabelRule(addLenient(addKeys(verb))))
    .option('--game <file>', "a game file, for its crop; default: the recordings'")
    .addOption(choice('--windows <rule>', "within-fights, or study: across fights; default the preset's", WINDOWS))
    .addOption(whole('--horizon <n>', 'frames from the last picture to the keys', 0, 10, 1))
    .addOption(choice('--split <by>', 'whole fights or whole sessions go to a part', ['fight', 'session'], 'fight'))
    .option('--validation <share>', 'for early stopping and thresholds', share('--validation'), 0.15)
    .option('--test <share>', 'kept apart, for the scores in the bundle', share('--test'), 0.15);
}

const WINDOWS = ['study', 'within-fights'] as const;

function addRun(verb: Command): void {
  addAllowLaunch(addEngine(verb))
    .option('--work <folder>', 'checkpoints, latents, history; default <out>.work')
    .option('--resume', 'continue where the same command was stopped')
    .option('--judge-by <file>', 'a game file: choose how the bundle acts by letting it play, instead of by habits')
    .addOption(whole('--judge-fights <n>', `of each way, with --judge-by; default ${JUDGE_FIGHTS}`, 1, 1000))
    .option('--json', 'print the result as one JSON document');
}

/** Seed, storage and engine: `sweep` takes them too. */
export function addEngine(verb: Command): Command {
  return verb
    .addOption(
      number(
        '--label-lead-ms <ms>',
        "a frame's label is what is held this much later: for keys that reach the game late",
        0,
        500,
        0,
      ),
    )
    .addOption(whole('--seed <n>', 'of the weights, the order and the split', 0, 2 ** 31))
    .addOption(choice('--storage <type>', 'of the weights in the files', ['float32', 'float16'], 'float32'))
    .addOption(choice('--engine <name>', 'tfjs-node, or cpu for tiny models', ['tfjs-node', 'cpu'], 'tfjs-node'))
    .option('--deterministic', 'one thread: the same weights to the last bit, about twice the time');
}

/** A parser for a list of layer sizes such as `32,64,128`. */
function sizes(option: string) {
  const one = integerBetween(option, 1, 4096);
  return (text: string): number[] => text.split(',').map(one);
}
