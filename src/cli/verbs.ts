/** Every verb of the program, in the order in which --help lists them. */
import type { Command } from 'commander';
import { arenaVerb } from './verbs/arena.js';
import { armVerb, disarmVerb, pauseVerb, resumeVerb } from './verbs/arming.js';
import { benchVerb } from './verbs/bench.js';
import { compareVerb } from './verbs/compare.js';
import { demosVerb } from './verbs/demos.js';
import { doctorVerb } from './verbs/doctor.js';
import { evaluateVerb } from './verbs/evaluate.js';
import { gameVerb } from './verbs/game.js';
import { improveVerb } from './verbs/improve.js';
import { modelVerb } from './verbs/model.js';
import { overlayVerb } from './verbs/overlay.js';
import { playVerb } from './verbs/play.js';
import { practiceVerb } from './verbs/practice.js';
import { queueVerb } from './verbs/queue.js';
import { recordVerb } from './verbs/record.js';
import { releaseVerb } from './verbs/release.js';
import { sessionVerb } from './verbs/session.js';
import { setupVerb } from './verbs/setup.js';
import { shadowVerb } from './verbs/shadow.js';
import { statusVerb } from './verbs/status.js';
import { stopVerb } from './verbs/stop.js';
import { sweepVerb } from './verbs/sweep.js';
import { thresholdVerb } from './verbs/threshold.js';
import { trainVerb } from './verbs/train.js';
import { windowsVerb } from './verbs/windows.js';
import { workerVerb } from './verbs/worker.js';

export const VERBS: readonly (() => Command)[] = [
  playVerb,
  statusVerb,
  pauseVerb,
  resumeVerb,
  armVerb,
  disarmVerb,
  stopVerb,
  shadowVerb,
  thresholdVerb,
  benchVerb,
  arenaVerb,
  recordVerb,
  demosVerb,
  sessionVerb,
  setupVerb,
  trainVerb,
  improveVerb,
  practiceVerb,
  sweepVerb,
  workerVerb,
  queueVerb,
  modelVerb,
  evaluateVerb,
  compareVerb,
  overlayVerb,
  gameVerb,
  windowsVerb,
  doctorVerb,
  releaseVerb,
];
