/**
 * The messages between a terminal and a running agent: one JSON object a line, UTF-8, newline at the end, at most
 * {@link MAX_MESSAGE_BYTES} each. docs/control.md describes the same for people. Nothing here opens a socket.
 *
 *   -> {"v":1,"id":1,"method":"pause","params":{}}
 *   <- {"v":1,"id":1,"ok":true,"result":{...}}   or   {"v":1,"id":1,"ok":false,"error":{code,message,next}}
 */
import { z } from 'zod';
import { UnderstudyError } from '../core/errors.js';
import { jsonLine, LineCutter } from '../core/json-lines.js';
import { ownFile } from '../core/project-root.js';

/** Raised when a message changes its meaning; added fields do not raise it. */
export const CONTROL_VERSION = 1;

/** 64 KiB: the longest answer, a status, has about 2 KiB. */
export const MAX_MESSAGE_BYTES = 64 * 1024;

/** A method's name, as `status`. */
export const METHOD_NAME = /^[a-z][a-z0-9-]{0,39}$/;

const requestSchema = z.strictObject({
  v: z.literal(CONTROL_VERSION),
  id: z.number().int().min(0).max(Number.MAX_SAFE_INTEGER),
  method: z.string().regex(METHOD_NAME),
  params: z.record(z.string().max(100), z.unknown()).default({}),
});

const answerSchema = z.discriminatedUnion('ok', [
  z.object({ v: z.literal(CONTROL_VERSION), id: z.number().nullable(), ok: z.literal(true), result: z.unknown() }),
  z.object({
    v: z.literal(CONTROL_VERSION),
    id: z.number().nullable(),
    ok: z.literal(false),
    error: z.object({ code: z.string(), message: z.string(), next: z.string() }),
  }),
]);

export type ControlRequest = z.infer<typeof requestSchema>;
/** `id` is the request's; null where the request could not be read that far. */
export type ControlAnswer = z.infer<typeof answerSchema>;

/** @throws UnderstudyError `control-invalid` for text that is not a request of this version */
export function parseRequest(line: string): ControlRequest {
  return parse(requestSchema, line, 'request');
}

/** @throws UnderstudyError `control-invalid` for text that is not an answer of this version */
export function parseAnswer(line: string): ControlAnswer {
  return parse(answerSchema, line, 'answer');
}

/** One message as it goes over the socket. */
export function encodeControl(message: ControlRequest | ControlAnswer): string {
  return jsonLine(message);
}

/**
 * Cuts a stream of chunks into lines in bounded memory.
 *
 * @param onLine called once for each whole line that is not empty, without its newline
 * @returns takes one chunk; throws UnderstudyError `control-invalid` once a line is longer than
 *   {@link MAX_MESSAGE_BYTES}
 */
export function lineReader(onLine: (line: string) => void): (chunk: Buffer) => void {
  const cutter = new LineCutter(MAX_MESSAGE_BYTES);
  const refuseCut = (isCut: boolean): void => {
    if (isCut) throw invalid(`a message of more than ${MAX_MESSAGE_BYTES} bytes`);
  };
  return (chunk) => {
    for (const { text, isCut } of cutter.take(chunk)) {
      refuseCut(isCut);
      const line = text.trim();
      if (line !== '') onLine(line);
    }
    refuseCut(cutter.isCut);
  };
}

function parse<Schema extends z.ZodType>(schema: Schema, line: string, what: string): z.infer<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (cause) {
    throw invalid(`'${shown(line)}', which is not JSON`, cause);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [{ path, message }] = parsed.error.issues;
  throw invalid(`a ${what} that does not fit: ${path.join('.') || 'the whole'}: ${message}`);
}

/** Without control characters, which would reach the terminal of the person who reads the error. */
function shown(line: string): string {
  return line.slice(0, 80).replace(/[^\x20-\x7e]/g, '?');
}

function invalid(what: string, cause?: unknown): UnderstudyError {
  return new UnderstudyError({
    kind: 'input',
    code: 'control-invalid',
    message: `The control socket carried ${what}.`,
    next: `Send one JSON object a line, {"v":${CONTROL_VERSION},"id":1,"method":"status","params":{}}; see ${ownFile('docs/control.md')}.`,
    cause,
  });
}
