/** A Keras archive of a few hundred bytes of weights, whole or with another config.json inside. */
import { strFromU8, strToU8, unzipSync, zipSync } from 'fflate';
import { weightSpecs, type Network } from '../../src/training/network.js';
import { kerasArchive } from '../../src/training/keras/write.js';

const NETWORK: Network = {
  inputShape: [4, 3],
  layers: [
    {
      kind: 'gru',
      name: 'gru',
      units: 2,
      returnSequences: false,
      activation: 'tanh',
      recurrentActivation: 'sigmoid',
      useBias: true,
      resetAfter: true,
    },
    { kind: 'dense', name: 'out', units: 2, activation: 'sigmoid', useBias: true },
  ],
};

export interface TinyArchive {
  readonly bytes: Uint8Array;
  /** Its config.json, parsed. */
  readonly config: unknown;
  /** The same archive with other text in the place of config.json. */
  with(config: Uint8Array): Uint8Array;
}

export async function tinyArchive(): Promise<TinyArchive> {
  const weights = weightSpecs(NETWORK).map((spec) => ({
    ...spec,
    values: new Float32Array(spec.shape.reduce((product, length) => product * length, 1)).fill(0.5),
  }));
  const bytes = await kerasArchive({ network: NETWORK, weights }, 'tiny');
  const files = unzipSync(bytes);
  return {
    bytes,
    config: JSON.parse(strFromU8(files['config.json'])) as unknown,
    with: (config) => zipSync({ ...files, 'config.json': config }, { level: 0 }),
  };
}

/** A zip whose one entry is `sizeBytes` zeros, packed to a thousandth. */
export function zipBomb(name: string, sizeBytes: number): Uint8Array {
  return zipSync({ [name]: new Uint8Array(sizeBytes), 'config.json': strToU8('{}') }, { level: 9 });
}
