/** Every verb of the program, in the order in which --help lists them. */
import type { Command } from 'commander';
import { arenaVerb } from './verbs/arena.js';
import { demosVerb } from './verbs/demos.js';
import { doctorVerb } from './verbs/doctor.js';
import { evaluateVerb } from './verbs/evaluate.js';
import { modelVerb } from './verbs/model.js';
import { playVerb } from './verbs/play.js';
import { recordVerb } from './verbs/record.js';
import { releaseVerb } from './verbs/release.js';
import { sessionVerb } from './verbs/session.js';
import { trainVerb } from './verbs/train.js';
import { windowsVerb } from './verbs/windows.js';

export const VERBS: readonly (() => Command)[] = [
  playVerb,
  arenaVerb,
  recordVerb,
  demosVerb,
  sessionVerb,
  trainVerb,
  modelVerb,
  evaluateVerb,
  windowsVerb,
  doctorVerb,
  releaseVerb,
];
