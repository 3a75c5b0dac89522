/** What to do about what an S3 server refuses. */
import { UnderstudyError } from '../core/errors.js';
import { NotS3 } from './s3-answers.js';
import { S3Refused, S3Unreachable } from './s3-client.js';
import { storeFailed } from './store.js';

const CREDENTIALS =
  'Look whether AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN where they are temporary) are right, and may list, read, write and delete there.';
const BUCKET = 'Make the bucket, or name another one with --store s3://bucket/prefix.';
const REGION = "Name the bucket's region: --store 's3://bucket/prefix?region=eu-central-1'.";
const ENDPOINT =
  "Look whether the endpoint is right ('?endpoint=' in --store, or AWS_ENDPOINT_URL) and this machine reaches it, and run the same command again.";
const CERTIFICATE =
  "Name the server as its certificate does; NODE_EXTRA_CA_CERTS names a file with your own authority's.";
const CHANGED = 'The file changed while it was sent: run the same command again.';
const LATER = "Look at the server's log and its free space, and run the same command again later.";

const NEXT_BY_CODE: Readonly<Record<string, string>> = {
  NoSuchBucket: BUCKET,
  InvalidBucketName: BUCKET,
  AuthorizationHeaderMalformed: REGION,
  PermanentRedirect: REGION,
  TemporaryRedirect: REGION,
  RequestTimeTooSkewed: "Set this machine's clock, and run the same command again.",
  InvalidAccessKeyId: CREDENTIALS,
  InvalidToken: CREDENTIALS,
  ExpiredToken: CREDENTIALS,
  TokenRefreshRequired: CREDENTIALS,
  XAmzContentSHA256Mismatch: CHANGED,
  BadDigest: CHANGED,
};

/**
 * @param what could not be done
 * @returns `store-failed` with what to do; an error of ours as it is
 */
export function s3Failed(store: string, what: string, error: unknown): UnderstudyError {
  return error instanceof UnderstudyError ? error : storeFailed(store, what, error, nextFor(error));
}

function nextFor(error: unknown): string | undefined {
  if (error instanceof NotS3) return ENDPOINT;
  if (error instanceof S3Unreachable) return /CERT|SIGNATURE|ERR_TLS|ERR_SSL/.test(error.code) ? CERTIFICATE : ENDPOINT;
  return error instanceof S3Refused ? nextForRefusal(error) : undefined;
}

function nextForRefusal({ status, code }: S3Refused): string | undefined {
  if (Object.hasOwn(NEXT_BY_CODE, code)) return NEXT_BY_CODE[code];
  if (status === 401 || status === 403) return CREDENTIALS;
  if (status >= 500) return LATER;
  if (status < 400) return REGION;
  return code === '' ? ENDPOINT : undefined;
}
