/** Where a bucket is and who asks for it. The credentials are in the environment alone, and are never shown. */
import { badOption } from '../core/errors.js';
import { storeFailed } from './store.js';

export interface S3Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string | null;
}

export interface S3Address {
  readonly bucket: string;
  /** What all keys begin with: empty, or with `/` at its end. */
  readonly prefix: string;
  /** Where the bucket answers, without `/` at its end: keys follow after one. */
  readonly bucketUrl: string;
  readonly region: string;
  readonly credentials: S3Credentials;
  /** For people; without secrets. */
  readonly shown: string;
}

const NEXT =
  "Give --store as 's3://bucket/prefix', or as 's3://bucket/prefix?endpoint=http://127.0.0.1:9000&region=us-east-1', in quotes.";

/** Of servers that have no regions, and of Amazon where none is named. */
const USUAL_REGION = 'us-east-1';

/**
 * @param environment AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, with AWS_SESSION_TOKEN where there is one; AWS_REGION and
 * AWS_ENDPOINT_URL where the text names none
 * @throws UnderstudyError `bad-option`; `store-failed` without credentials
 */
export function parseS3Address(text: string, environment: NodeJS.ProcessEnv = process.env): S3Address {
  const [, bucket, path = '', query = ''] = /^s3:\/\/([^/?]*)(?:\/([^?]*))?(?:\?(.*))?$/i.exec(text) ?? [];
  if (bucket === undefined || !/^[a-z0-9][a-z0-9._-]*$/i.test(bucket))
    throw badOption('--store names no bucket.', NEXT);
  const options = optionsIn(query);
  const given = (...names: readonly string[]) => names.map((name) => environment[name]).find((value) => !!value);
  const region = options.get('region') ?? given('AWS_REGION', 'AWS_DEFAULT_REGION') ?? USUAL_REGION;
  if (!/^[\w-]+$/.test(region)) throw badOption('--store names a region with characters that no region has.', NEXT);
  const endpoint = options.get('endpoint') ?? given('AWS_ENDPOINT_URL_S3', 'AWS_ENDPOINT_URL');
  const url = endpoint === undefined ? null : parseEndpoint(endpoint);
  const prefix = prefixOf(path);
  const shown = `s3://${bucket}/${prefix}${url === null ? '' : ` at ${url}`}`;
  return {
    bucket,
    prefix,
    bucketUrl: url === null ? amazonUrl(bucket, region) : `${url}/${bucket}`,
    region,
    credentials: credentialsIn(given, shown),
    shown,
  };
}

function optionsIn(query: string): URLSearchParams {
  const options = new URLSearchParams(query);
  for (const name of options.keys()) {
    if (!['endpoint', 'region'].includes(name)) throw badOption(`--store has an unknown part: ${name}.`, NEXT);
  }
  return options;
}

function prefixOf(path: string): string {
  const names = path.split('/').filter((name) => name !== '');
  if (names.some((name) => /^\.{1,2}$/.test(name))) throw badOption("--store has '.' or '..' in its prefix.", NEXT);
  return names.map((name) => `${name}/`).join('');
}

/** @returns the address without `/` at its end */
function parseEndpoint(text: string): string {
  const url = URL.canParse(text) ? new URL(text) : null;
  // the text is not repeated: what is wrong with it may be its password
  if (url === null || !['http:', 'https:'].includes(url.protocol)) {
    throw badOption('The endpoint of --store is no address with http:// or https://.', NEXT);
  }
  if (url.username !== '' || url.password !== '' || url.search !== '' || url.hash !== '') {
    throw badOption(
      'The endpoint of --store has more than a host, a port and a path; credentials are not part of it.',
      NEXT,
    );
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** The bucket is part of the host's name, which the certificate covers where it has no dot. */
function amazonUrl(bucket: string, region: string): string {
  const host = `s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`;
  return bucket.includes('.') ? `https://${host}/${bucket}` : `https://${bucket}.${host}`;
}

function credentialsIn(given: (name: string) => string | undefined, shown: string): S3Credentials {
  const accessKeyId = given('AWS_ACCESS_KEY_ID');
  const secretAccessKey = given('AWS_SECRET_ACCESS_KEY');
  if (accessKeyId === undefined || secretAccessKey === undefined) {
    const lacking = accessKeyId === undefined ? 'AWS_ACCESS_KEY_ID' : 'AWS_SECRET_ACCESS_KEY';
    throw storeFailed(
      shown,
      'Nothing can be read or written',
      `the environment variable ${lacking} is not set`,
      'Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN where they are temporary); no other place is looked at.',
    );
  }
  return { accessKeyId, secretAccessKey, sessionToken: given('AWS_SESSION_TOKEN') ?? null };
}
