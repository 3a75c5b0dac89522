/** The refusal of an adapter that belongs to another platform. */
import { badOption, type UnderstudyError } from '../core/errors.js';
import type { InjectorKind } from './key-injector.js';
import type { KeySourceKind } from './key-watch.js';

type Adapter = Exclude<InjectorKind | KeySourceKind, 'nut-js' | 'uiohook'>;

const NEEDS: Readonly<Record<Adapter, string>> = {
  xtest: 'an X display',
  xi2: 'an X display',
  'send-input': 'Windows',
  'windows-hook': 'Windows',
};

export function ofAnotherPlatform(option: '--sink' | '--keys-from', adapter: Adapter): UnderstudyError {
  return badOption(`${option} ${adapter} needs ${NEEDS[adapter]}, which is not here.`, `Leave ${option} out.`);
}
