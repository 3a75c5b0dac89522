/// <reference lib="dom" />
/** The recorder's part of the page: its state, what it has so far, and its buttons. */
import { RECORDING_COMMANDS, type RecordingFigures, type WatchRecording, type WatchState } from '../messages.js';
import { give } from './controls.js';
import { make, part, write } from './dom.js';
import { showSeen } from './seen.js';
import type { Stream } from './stream.js';

/** What is counted, in the order in which it is shown. */
const FACTS = ['time', 'fights', 'frames', 'duplicates', 'failed grabs', 'last key'] as const;

/** Makes the buttons, and the name with Start, send commands to the stream's server. */
export function wireRecorder(stream: Stream): void {
  const answer = part('recorder-answer');
  for (const fact of FACTS) {
    part('recorded').append(make('div', {}, make('dt', {}, fact), make('dd', { 'data-fact': fact }, '-')));
  }
  for (const command of RECORDING_COMMANDS) {
    const button = part('recorder-controls').querySelector<HTMLButtonElement>(`[data-command="${command}"]`);
    button?.addEventListener('click', () => {
      void give(stream, { command, name: null }, answer, ({ changed }) => DONE[command][changed ? 0 : 1]);
    });
  }
  part('name-form').addEventListener('submit', (event) => {
    event.preventDefault();
    const { value } = part<HTMLInputElement>('name');
    void give(stream, { command: 'start', name: value.trim() }, answer, () => `started ${value.trim()}`);
  });
}

/** What is said after a command: where it changed something, and where it did not. */
const DONE: Readonly<Record<(typeof RECORDING_COMMANDS)[number], readonly [string, string]>> = {
  start: ['started', 'it is recording already'],
  'fight-start': ['a fight begins', 'no change: a fight is on'],
  'fight-end': ['the fight ends', 'no change: no fight is on'],
  stop: ['stopping', 'it has stopped'],
};

/** @param isAllowed the page may give commands */
export function showRecorder({ recording, ended }: WatchState, isAllowed: boolean): void {
  part('recorder').hidden = recording === null;
  document.body.dataset.mode = recording === null ? 'run' : 'record';
  if (recording === null) return;
  const isWaiting = recording.phase === 'waiting';
  part('name-form').hidden = !isAllowed || !isWaiting || ended;
  part('recorder-controls').hidden = !isAllowed || isWaiting || ended;
  propose(recording.session);
  const { stop, fightStart, fightEnd } = recording.hotKeys;
  const keys = { stop, 'fight-start': fightStart, 'fight-end': fightEnd };
  for (const [command, key] of Object.entries(keys)) {
    write(part('recorder-controls').querySelector(`[data-command="${command}"] kbd`)!, key);
  }
  showPhase(recording, ended);
  if (recording.figures !== null) showFigures(recording.figures);
}

/** Puts the proposed name in its field, once: what a person types there stays. */
function propose(name: string): void {
  const field = part<HTMLInputElement>('name');
  if (field.dataset.proposed === 'yes') return;
  field.dataset.proposed = 'yes';
  field.value = name;
}

function showPhase({ phase, session, figures }: WatchRecording, ended: boolean): void {
  const chip = part('phase');
  const reason = part('phase-reason');
  const say = (state: string, text: string, why: string): void => {
    chip.dataset.state = state;
    write(chip, text);
    write(reason, why);
  };
  if (ended) return say('none', 'over', phase === 'waiting' ? 'nothing was recorded' : session);
  if (phase === 'waiting') return say('none', 'not recording', 'no key is listened to before Start');
  const fight = figures?.inFight ? `fight ${figures.fights}` : 'between fights';
  if (figures?.focused === false) {
    return say('paused', 'paused', `no key is recorded: the game window does not have the focus; ${fight}`);
  }
  say(figures?.inFight ? 'armed' : 'recording', figures?.inFight ? 'in a fight' : 'recording', fight);
}

function showFigures({ seconds, fights, frames, duplicates, failedGrabs, lastKey, seen }: RecordingFigures): void {
  if (seen !== null) showSeen(part('seen'), seen);
  const whole = Math.floor(seconds);
  const values: Readonly<Record<(typeof FACTS)[number], string>> = {
    time: `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`,
    fights: String(fights),
    frames: String(frames),
    duplicates: String(duplicates),
    'failed grabs': String(failedGrabs),
    'last key': lastKey ?? '-',
  };
  for (const fact of FACTS) write(part('recorded').querySelector(`[data-fact="${fact}"]`)!, values[fact]);
}
