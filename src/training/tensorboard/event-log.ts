/**
 * The losses of a training as TensorBoard reads them: `loss` and `val_loss` of each epoch in one event file. The file
 * is kept equal to the training's history, so that every epoch is in it once, however often the training was killed.
 */
import { closeSync, ftruncateSync, mkdirSync, openSync, readdirSync, readFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import protobuf from 'protobufjs';
import { UnderstudyError, messageOf } from '../../core/errors.js';
import type { EpochRecord } from '../checkpoint.js';
import { recordOf, recordsIn } from './records.js';

/** The part of tensorflow.Event and tensorflow.Summary that is written (event.proto, summary.proto). */
const EVENT_DESCRIPTOR = {
  nested: {
    Value: { fields: { tag: { type: 'string', id: 1 }, simpleValue: { type: 'float', id: 2 } } },
    Summary: { fields: { value: { rule: 'repeated', type: 'Value', id: 1 } } },
    Event: {
      fields: {
        wallTime: { type: 'double', id: 1 }, // s, unix
        step: { type: 'int64', id: 2 },
        fileVersion: { type: 'string', id: 3 },
        summary: { type: 'Summary', id: 5 },
      },
    },
  },
};

interface Event {
  readonly wallTime: number;
  readonly step?: number;
  readonly fileVersion?: string;
  readonly summary?: { readonly value: readonly { readonly tag: string; readonly simpleValue: number }[] };
}

const eventType = protobuf.Root.fromJSON(EVENT_DESCRIPTOR).lookupType('Event');
const encode = (event: Event): Uint8Array => recordOf(eventType.encode(eventType.fromObject(event)).finish());

/** TensorBoard looks for this in a file's name. */
const NAME = 'events.out.tfevents.';
const VERSION = 'brain.Event:2';

const nowSeconds = (): number => Date.now() / 1000;

/** The numbers of one step of a training. */
export interface LoggedStep {
  readonly step: number;
  readonly values: NonNullable<Event['summary']>['value'];
}

function stepOf({ epoch, loss, validationLoss }: EpochRecord): LoggedStep {
  const train = { tag: 'loss', simpleValue: loss };
  const values = validationLoss === null ? [train] : [train, { tag: 'val_loss', simpleValue: validationLoss }];
  return { step: epoch, values };
}

/** Whether an event is what would be written for this step. */
function isEventOf(event: Event, { step, values: wanted }: LoggedStep): boolean {
  const got = event.summary?.value ?? [];
  return (
    event.step === step &&
    got.length === wanted.length &&
    wanted.every(({ tag, simpleValue }, i) => got[i].tag === tag && got[i].simpleValue === Math.fround(simpleValue))
  );
}

/** Where the part of a file that agrees with the steps ends, and how many of them are in it. */
function agreement(bytes: Uint8Array, steps: readonly LoggedStep[]): { readonly end: number; readonly known: number } {
  let [end, known] = [0, 0];
  for (const record of recordsIn(bytes)) {
    const event = eventType.toObject(eventType.decode(record.data), { longs: Number }) as Event;
    const isHead = end === 0 && event.fileVersion === VERSION;
    if (!isHead && !(end > 0 && known < steps.length && isEventOf(event, steps[known]))) break;
    if (!isHead) known += 1;
    end = record.end;
  }
  return { end, known };
}

function eventFile(folder: string): string {
  mkdirSync(folder, { recursive: true });
  const there = readdirSync(folder).filter((name) => name.startsWith(NAME));
  return join(folder, there.sort().at(-1) ?? `${NAME}${Math.floor(nowSeconds())}.understudy`);
}

/** {@link followSteps} of a training's epochs: `loss` and `val_loss`. */
export const followHistory = (folder: string, history: readonly EpochRecord[]): void =>
  followSteps(folder, history.map(stepOf));

/**
 * Makes the folder's event file equal to these steps: events that agree are kept, the rest (of a training that was started
 * again, or a step that was half written) is cut off, missing steps are appended.
 *
 * @throws UnderstudyError `write-failed`; the next call repairs what was half written
 */
export function followSteps(folder: string, steps: readonly LoggedStep[]): void {
  try {
    const path = eventFile(folder);
    const fd = openSync(path, 'a+');
    try {
      const { end, known } = agreement(readFileSync(path), steps);
      ftruncateSync(fd, end);
      const head = end === 0 ? [encode({ wallTime: nowSeconds(), fileVersion: VERSION })] : [];
      const missing = steps.slice(known).map(({ step, values }) => {
        return encode({ wallTime: nowSeconds(), step, summary: { value: values } });
      });
      const bytes = Buffer.concat([...head, ...missing]);
      for (let at = 0; at < bytes.length;) at += writeSync(fd, bytes, at);
    } finally {
      closeSync(fd);
    }
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'write-failed',
      message: `The TensorBoard events in ${folder} could not be written: ${messageOf(cause)}`,
      next: 'Make room on the disk and run the same command with --resume.',
      cause,
    });
  }
}
