/**
 * An autoencoder that several heads share: trained once, kept as a Keras archive, found again by its data and settings.
 * Never trains an autoencoder again that is stored already.
 */
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { LATENT_LAYER } from './architectures.js';
import {
  autoencoderRecord,
  trainAutoencoder,
  type AutoencoderRecord,
  type AutoencoderTraining,
  type TrainingContext,
} from './train-autoencoder.js';
import type { TrainingData } from './dataset.js';
import type { Engine } from './engine.js';
import { readKerasArchive, type KerasModel } from './keras/read.js';
import { writeKerasArchive } from './keras/write.js';
import { upTo } from './network.js';
import { canonicalJson, replaceJson } from '../core/plain-json.js';

/** A trained autoencoder and where its files are. */
export interface SharedEncoder {
  /** The whole autoencoder. */
  readonly autoencoder: KerasModel;
  /** The layers up to and including the latent. */
  readonly encoder: KerasModel;
  readonly record: AutoencoderRecord;
  /** Its folder, where the latents are kept too. */
  readonly folder: string;
}

const ARCHIVE = 'autoencoder.keras';
const RECORD = 'record.json';

/** Identifies an autoencoder before it is trained: 12 hexadecimal digits over data, split and settings. */
function keyOf(data: TrainingData, dataSha256: string, training: AutoencoderTraining): string {
  const hash = createHash('sha256').update(canonicalJson([dataSha256, training]));
  return hash.update(data.partOf).digest('hex').slice(0, 12);
}

/** Whether the autoencoder is trained already. */
export function hasSharedEncoder(
  data: TrainingData,
  dataSha256: string,
  training: AutoencoderTraining,
  root: string,
): boolean {
  return existsSync(join(root, folderName(data, dataSha256, training), ARCHIVE));
}

function folderName(data: TrainingData, dataSha256: string, training: AutoencoderTraining): string {
  const size = training.kind === 'baseline' ? 'baseline' : String(training.latentSize);
  return `${size}-${keyOf(data, dataSha256, training)}`;
}

/**
 * The autoencoder of these settings: read where it is stored, else trained (continued from its last whole epoch) and
 * written as a whole before it is returned.
 *
 * @param dataSha256 names the frames (`rowsSha256`)
 * @param root folder of all shared encoders
 * @throws UnderstudyError as `trainAutoencoder`, `readKerasArchive` and `writeKerasArchive`; the signal's reason
 */
export async function sharedEncoder(
  engine: Engine,
  data: TrainingData,
  dataSha256: string,
  training: AutoencoderTraining,
  root: string,
  context: Omit<TrainingContext, 'workFolder' | 'resume'>,
): Promise<SharedEncoder> {
  const folder = join(root, folderName(data, dataSha256, training));
  const archive = join(folder, ARCHIVE);
  if (!existsSync(archive)) {
    mkdirSync(folder, { recursive: true });
    const whole = { ...context, workFolder: folder, resume: true };
    const result = await trainAutoencoder(engine, data, dataSha256, training, whole);
    replaceJson(join(folder, RECORD), autoencoderRecord(training, result));
    await writeKerasArchive(archive, result.model, 'autoencoder'); // last: where the archive is, everything is
    for (const file of readdirSync(folder)) if (file.endsWith('.checkpoint')) rmSync(join(folder, file));
  }
  const autoencoder = await readKerasArchive(archive);
  const record = JSON.parse(readFileSync(join(folder, RECORD), 'utf8')) as AutoencoderRecord;
  const encoder = upTo(autoencoder.network, autoencoder.weights, LATENT_LAYER);
  return { autoencoder, encoder, record, folder };
}
