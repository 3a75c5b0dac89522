/**
 * Scores: of models on recorded fights, with a report to look at; of predicted labels against a person's; of a model
 * that plays the arena by itself; of models and plain players in a game, through its real window and keys.
 *
 *   understudy evaluate sessions/mine --model models/mine --out report/
 *   understudy evaluate --arena --fights 100 --seed 1000000 --model models/arena-gru-512
 *   understudy evaluate --game games/mine/game.json --fights 20 --model models/mine --allow-launch
 *   understudy evaluate --game games/mine/game.json --stepped --fights 200 --model models/mine --allow-launch
 *   understudy evaluate --labels labels.u8 --predictions predictions.u8 --json
 */
import { Command } from 'commander';
import { addLevel, addSeed } from '../options/fights.js';
import { addEvidenceFloor } from '../options/evidence.js';
import { EVALUATE_OPTION_MODES, evaluateModeOf, type EvaluateOptions } from '../options/evaluate.js';
import { HELD_OUT_SEED } from '../../evaluation/arena/settings.js';
import { addFleet } from '../options/fleet.js';
import { refuseUnusable } from '../options/modes.js';
import { addAct, addAnyGame, addApply, addEngineAndThresholds } from '../options/policy.js';
import { collect, parseRate, sizeBetween, whole, number, choice } from '../options/values.js';
import { makeOutput } from '../../terminal/output.js';
import { addAllowLaunch } from '../options/window.js';
import { addBudget } from '../options/pace.js';
import type { LogLevel } from '../../runs/log.js';
import { addInside } from '../options/inside.js';
import { addKeys, addLabelRule, addLenient } from '../options/session.js';

const SIZES = [
  { width: 128, height: 72 },
  { width: 3840, height: 2160 },
] as const;

/** Fights drawn as timelines. */
const TIMELINES = 3;

export function evaluateVerb(): Command {
  const verb = new Command('evaluate')
    .description('scores: models on recorded fights, predicted labels against real ones, or a model that plays itself')
    .argument('[sessions...]', 'recorded fights: paths without ending, their files, or names under sessions/')
    .option('--model <folder>', 'a bundle, as often as there are models; default: the one that ships', collect);
  addEngineAndThresholds(verb);
  addSessions(verb);
  addReport(verb);
  addLabels(verb);
  addArena(verb);
  addGame(verb);
  return verb
    .option('--json', 'print the scores as one JSON document')
    .addHelpText(
      'after',
      '\nExample:\n  understudy evaluate sessions/mine --model models/mine --out report/\n' +
        '  understudy evaluate --arena --fights 100 --seed 1000000 --model models/untrained\n' +
        '  understudy evaluate --labels labels.u8 --predictions predictions.u8 --json\n',
    )
    .action(async (sessions: string[], options: EvaluateOptions, command: Command) => {
      const mode = evaluateModeOf(sessions, options);
      refuseUnusable(command, mode, EVALUATE_OPTION_MODES);
      const output = makeOutput(options.json ?? false);
      if (mode === 'stepped') {
        const { evaluateInSteps } = await import('../evaluate-stepped.js');
        await evaluateInSteps(options, output);
      } else if (mode === 'game') {
        const { evaluateInGame } = await import('../evaluate-game.js');
        const { logLevel } = command.optsWithGlobals<{ logLevel: LogLevel }>();
        await evaluateInGame(options, logLevel, output);
      } else if (mode === 'arena') {
        const { evaluateInArena } = await import('../evaluate-arena.js');
        await evaluateInArena(options, output);
      } else if (mode === 'sessions') {
        const { scoreSessions } = await import('../evaluate-sessions.js');
        await scoreSessions(sessions, options, output);
      } else {
        const { scoreLabelFiles, scoresText } = await import('../../evaluation/label-files.js');
        const scores = await scoreLabelFiles(options.labels!, options.predictions!);
        output.answer(scores, scoresText(scores));
      }
    });
}

function addSessions(verb: Command): void {
  addAnyGame(addEvidenceFloor(addLabelRule(addLenient(addKeys(verb)))))
    .addOption(
      choice(
        '--part <fights>',
        'all, or held-out: without the fights that a model was trained or tuned on',
        ['all', 'held-out'],
        'all',
      ),
    )
    .option('--allow-train', 'score fights that a model was trained on all the same');
}

function addReport(verb: Command): void {
  verb
    .option('--out <folder>', 'write a report: index.html and report.json')
    .option('--figures', 'write its figures as SVG and PNG too')
    .addOption(whole('--timelines <n>', 'fights drawn as timelines', 0, 100, TIMELINES))
    .option('--sweep <file>', 'a sweep.json, for the report')
    .option('--run <folder>', 'a folder under runs/, for the histogram of its latencies')
    .option('--delays <file>', 'win rates by delay: JSON with a list of delayMs, fights, wins')
    .option('--work <folder>', "a training's work folder, for pictures beside their reconstructions");
}

function addLabels(verb: Command): void {
  verb
    .option('--labels <file>', 'what was held: uint8, n x 7')
    .option('--predictions <file>', 'what would have been held: uint8, n x 7, of the same frames');
}

function addArena(verb: Command): void {
  verb
    .option('--arena', 'let the model play the practice fight, faster than real time')
    .addOption(
      whole(
        '--fights <n>',
        'fights to play: in the arena with seeds counting up (default 100), of a game by each player (default 20, stepped 100)',
        1,
        100_000,
      ),
    );
  addLevel(addSeed(verb, 'seed of the first fight', HELD_OUT_SEED))
    .option('--rate <hz>', "ticks a second; default: the bundle's", parseRate)
    .addOption(number('--delay-ms <ms>', 'keys reach the game this much later', 0, 1000, 0));
  addApply(addAct(addFleet(verb)))
    .option('--size <wxh>', 'size of the pictures before preprocessing', sizeBetween('--size', ...SIZES), {
      width: 640,
      height: 360,
    })
    .addOption(whole('--threads <n>', 'default: one a core', 1, 64))
    .addOption(whole('--batch <n>', 'fights of one thread at a time; default 16', 1, 256))
    .option('--no-players', 'leave the scripted players out');
}

function addGame(verb: Command): void {
  verb
    .option('--game <file>', 'let models and plain players play a game in turns, through its window and its keys')
    .option(
      '--stepped',
      'by the program that steps it (`stepped` of its file): faster than real time, without a window',
    )
    .option(
      '--players <list>',
      'those without a model: idle, random, hold:ACTION, stepped also demonstrator; default: idle,random',
    )
    .addOption(number('--seconds <s>', 'a fight is over after this long', 1, 3600))
    .addOption(number('--wait <s>', "how long to wait for the game's window", 0, 86_400, 0))
    .option('--resume <run>', 'continue an evaluation that was interrupted: its run folder')
    .option('--runs <folder>', 'where run folders go', 'runs');
  addInside(addAllowLaunch(addBudget(verb)));
}
