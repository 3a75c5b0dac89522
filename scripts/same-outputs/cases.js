/**
 * What is compared: for each case some command lines, run one after the other in an empty folder that has links to the
 * inputs and to the checkout's models. A case's result is all that a user sees of them and every file that they left.
 */
import { cpSync, copyFileSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';

const MODEL = '--model models/arena-gru-512';

/**
 * @typedef {object} Step
 * @property {string} line what follows `understudy`
 * @property {number} [exit] what BEFORE must end with, or the case shows nothing; null: whatever it is. Default 0
 * @property {'stopped' | 'real'} [clock] the wall clock that it sees. Default stopped
 * @property {string} [saveAs] a file for its standard output, for later steps
 *
 * @typedef {object} Case
 * @property {string} name
 * @property {'help' | 'shipped' | 'fingerprints'} [kind] of a case without a list of steps
 * @property {Step[]} [steps]
 * @property {(folder: string, inputs: string) => void} [prepare] puts files there that the steps change
 * @property {boolean} [videos] it writes MP4: the pictures given to the encoder are compared, not their bytes
 * @property {boolean} [shape] only which fields and files there are
 * @property {boolean} [needsData] of the study's recordings in --data
 */

/** Wrong usages and wrong inputs, with the exit code of each. */
const ERRORS = [
  [2, 'play --frobnicate'],
  [2, 'perform'],
  [2, 'session'],
  [2, 'session frobnicate'],
  [2, 'play --seconds 1 --threshold JUMP=1.5'],
  [2, 'play --seconds 1 --threshold FLY=0.5'],
  [2, 'play --seconds 1 --rate 0'],
  [2, 'play --browser --window x'],
  [2, 'evaluate --arena --level easy'],
  [2, 'model init --latent 16'],
  [3, 'play --model nowhere'],
  [3, 'play --game nowhere'],
  [3, 'play --session nowhere'],
  [3, 'model info nowhere'],
  [3, 'session info nowhere --json'],
  [3, 'evaluate nowhere'],
  [3, 'evaluate sessions/broken'],
  [2, 'overlay sessions/short'],
  [3, 'overlay nowhere --model bundle'],
  [3, 'compare nowhere nowhere'],
  [4, 'status'],
  [4, 'windows'],
  [4, 'play --game xjump'],
];

/** @type {Case[]} */
export const CASES = [
  { name: 'help', kind: 'help' },
  { name: 'shipped-files', kind: 'shipped' },
  { name: 'fingerprints', kind: 'fingerprints' },
  { name: 'errors', steps: ERRORS.map(([exit, line]) => ({ exit, line })) },
  {
    name: 'decisions',
    steps: [
      { line: `play --session sessions/fight ${MODEL} --json` },
      // its thresholds are centred on its outputs: the least change of either turns a decision
      { line: 'play --session sessions/short --model bundle --runs untrained --json' },
      { line: 'play --session sessions/clip --threshold JUMP=0.4,DASH=0.5/0.3 --apply at-once --runs changed --json' },
    ],
  },
  {
    name: 'arena-scores',
    steps: [
      { line: `evaluate --arena --fights 4 --seed 1000000 ${MODEL} --json` },
      { line: 'evaluate --arena --fights 1 --level hard --delay-ms 50 --no-players --threads 1 --json' },
      { line: 'arena --player expert --fights 5 --seed 3 --level hard --json' },
    ],
  },
  {
    name: 'session-scores',
    steps: [{ line: `evaluate sessions/fight sessions/short ${MODEL} --out report --json` }],
  },
  {
    name: 'label-scores',
    steps: [
      { line: 'evaluate --labels labels.u8 --predictions predicted.u8 --json', saveAs: 'predicted.json' },
      { line: 'evaluate --labels labels.u8 --predictions better.u8 --json', saveAs: 'better.json' },
      { line: 'compare predicted.json better.json --json' },
    ],
  },
  {
    name: 'labels',
    steps: [
      { line: 'session stats sessions/fight sessions/short --json --out charts' },
      { line: 'session stats sessions/fight --labels any-in-interval --json' },
    ],
  },
  { name: 'labels-of-data', needsData: true, steps: [{ line: 'session stats data/Train --json' }] },
  {
    name: 'sessions',
    videos: true,
    prepare: (folder, inputs) => {
      mkdirSync(join(folder, 'mended'));
      for (const part of ['events.jsonl', 'frames.jsonl', 'gray.bin'])
        copyFileSync(join(inputs, `sessions/cut_${part}`), join(folder, `mended/cut_${part}`));
    },
    steps: [
      { line: 'session info sessions/clip --json' },
      { line: 'session check sessions/clip --json' },
      { line: 'session check sessions/broken --json', exit: 5 },
      // waits until a file has been at rest for a while
      { line: 'session repair mended/cut --json', clock: 'real' },
      { line: 'session import sessions/clip --rate 5 --out imported --json' },
      { line: 'session sync sessions/clip --seconds 3 --out sync.mp4 --json' },
    ],
  },
  {
    name: 'demos',
    videos: true,
    steps: [{ line: 'demos --player random --fights 1 --seed 5 --noise 0.1 --out made --name made --json' }],
  },
  {
    name: 'overlay',
    videos: true,
    steps: [{ line: `overlay sessions/clip ${MODEL} --model bundle --out overlay.mp4 --json` }],
  },
  {
    name: 'bundles',
    prepare: (folder, inputs) => cpSync(join(inputs, 'bundle'), join(folder, 'tuned'), { recursive: true }),
    steps: [
      { line: `model info models/arena-gru-512 --json` },
      { line: 'model init --latent 8 --head lstm --seed 4 --out made --json' },
      { line: 'model export bundle --keras archives --json' },
      {
        line: 'model import archives/encoder.keras --head archives/head.keras --thresholds JUMP=0.4 --out imported --json',
      },
      { line: 'model tune tuned sessions/short --json' },
      // refused or not: that is compared
      { line: 'model quantize tuned --calibrate sessions/short --fights 0 --out int8 --json', exit: null },
      {
        line: 'model quantize tuned --calibrate sessions/short --fights 0 --storage float16 --out half --json',
        exit: null,
      },
    ],
  },
  {
    // in real time: which figures and files there are, not what they say
    name: 'play-shape',
    shape: true,
    steps: [{ line: 'play --arena --seconds 2 --view none --json', clock: 'real' }],
  },
];
