/** The refusal of an adapter that belongs to another platform. */
import { badOption, type UnderstudyError } from '../core/errors.js';
import type { InjectorKind } from './key-injector.js';
import type { KeySourceKind } from './key-watch.js';

const NEEDS: Readonly<Record<InjectorKind | KeySourceKind, string>> = {
  xtest: 'an X display',
  xi2: 'an X display',
  'send-input': 'Windows',
  'windows-hook': 'Windows',
  'nut-js': 'a platform that this package knows',
  uiohook: 'a platform that this package knows',
};

export function ofAnotherPlatform(
  option: '--sink' | '--keys-from',
  adapter: InjectorKind | KeySourceKind,
): UnderstudyError {
  return badOption(
    `${option} ${adapter} needs ${NEEDS[adapter]}, and this platform is another.`,
    `Leave ${option} out.`,
  );
}
