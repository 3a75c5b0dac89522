/** The store that a user names. */
import { FolderStore, type Store } from './store.js';

// eslint-disable-next-line @typescript-eslint/require-await
export async function openStore(text: string): Promise<Store> {
  return new FolderStore(text);
}
