/** Which store a text names: a folder, or a bucket on a server that speaks S3. */
import { badOption } from '../core/errors.js';
import { FolderStore, type Store } from './store.js';

const NEXT = 'Give --store a folder that every machine mounts, or s3://bucket/prefix.';

/**
 * Opens a store; a server is first contacted when a file is asked for.
 *
 * @param text a folder's path, or `s3://bucket/prefix`, where `?endpoint=http://127.0.0.1:9000&region=us-east-1` may follow.
 * The credentials of a bucket come from the usual environment variables (AWS_ACCESS_KEY_ID and those beside it).
 * @throws UnderstudyError `bad-option` where the text names no store; `store-failed` where a bucket's credentials are not set
 */
export async function openStore(text: string): Promise<Store> {
  if (text === '') throw badOption('--store names nothing.', NEXT);
  const scheme = /^([a-z][a-z0-9+.-]*):\/\//i.exec(text)?.[1].toLowerCase();
  if (scheme === undefined) return new FolderStore(text);
  // the rest of the text is not repeated: it may hold a password
  if (scheme !== 's3')
    throw badOption(`--store begins with ${scheme}://; a store is a folder or begins with s3://.`, NEXT);
  const [{ parseS3Address }, { S3Store }] = await Promise.all([import('./s3-address.js'), import('./s3-store.js')]);
  return new S3Store(parseS3Address(text));
}
