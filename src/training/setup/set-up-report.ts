/** `setup training`: one engine or the other, and what is said of it. */
import { badOption } from '../../core/errors.js';
import { given } from '../../core/given.js';
import { setUpEngine, setUpPackage, type SetUpOptions } from './set-up.js';

export interface SetUpRequest extends Pick<SetUpOptions, 'tensorflow' | 'source' | 'again'> {
  readonly engine: 'tfjs-node' | 'cpu';
}

/** `setup training --json`. */
export interface SetUpReport {
  readonly engine: SetUpRequest['engine'];
  /** False where there was a working engine already. */
  readonly isNew: boolean;
  readonly folder: string;
  /** Null for the engine in plain JavaScript. */
  readonly tensorflow: { readonly version: string; readonly source: string; readonly gpu: boolean } | null;
}

/** @throws UnderstudyError `bad-option` for what the engine cpu has no use for; as setUpEngine and setUpPackage */
export async function setUp(
  request: SetUpRequest,
  environment: Pick<SetUpOptions, 'say' | 'signal'>,
): Promise<SetUpReport> {
  const { engine, tensorflow, source, again } = request;
  if (engine === 'cpu') {
    refuseNativeOptions(request);
    return { engine, ...(await setUpPackage(environment)), tensorflow: null };
  }
  const { folder, isNew, record } = await setUpEngine({ ...given({ tensorflow, source, again }), ...environment });
  const { tensorflowVersion: version, gpu } = record;
  return { engine, isNew, folder, tensorflow: { version, source: record.source, gpu } };
}

function refuseNativeOptions(request: SetUpRequest): void {
  const named = (['tensorflow', 'source', 'again'] as const).find((name) => request[name] !== undefined);
  if (named === undefined) return;
  throw badOption(
    `--${named} is about TensorFlow's libraries, which --engine cpu does without.`,
    'Leave one of the two out.',
  );
}

/** For people. */
export function setUpText({ isNew, folder, tensorflow }: SetUpReport): string {
  if (tensorflow === null) {
    const text = isNew ? 'The engine cpu is set up' : 'Nothing to do: the engine cpu is there';
    return `${text}: TensorFlow.js in ${folder}`;
  }
  const { version, source, gpu } = tensorflow;
  const text = isNew ? 'The training engine is set up' : 'Nothing to do: the engine works';
  return `${text}: TensorFlow ${version} (${source}, ${gpu ? 'with' : 'without'} a GPU) in ${folder}`;
}
