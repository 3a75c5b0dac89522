/** Reads the reference cases (raw little-endian arrays listed in a manifest) made by Keras and scikit-learn. */
import { readFileSync } from 'node:fs';
import { sharedFile } from './shared-files.js';

interface ArrayEntry {
  readonly file: string;
  readonly dtype: string;
  readonly shape: readonly number[];
}

interface FixtureManifest {
  readonly arrays: Readonly<Record<string, ArrayEntry>>;
  readonly cases: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

let manifest: FixtureManifest | null = null;

function fixtureManifest(): FixtureManifest {
  manifest ??= JSON.parse(readFileSync(sharedFile('fixtures', 'manifest.json'), 'utf8')) as FixtureManifest;
  return manifest;
}

/** One case of the manifest, with the fields that the caller expects. */
export function fixtureCase<T>(name: string): T {
  return fixtureManifest().cases[name] as T;
}

/** Path of a file among the fixtures. */
export function fixturePath(file: string): string {
  return sharedFile('fixtures', file);
}

function bytesOf(name: string, dtype: string): { bytes: Buffer; shape: readonly number[] } {
  const entry = fixtureManifest().arrays[name];
  if (entry?.dtype !== dtype) throw new Error(`no ${dtype} array ${name} among the fixtures`);
  return { bytes: readFileSync(fixturePath(entry.file)), shape: entry.shape };
}

/** A float32 array and its shape. */
export function fixtureFloats(name: string): { values: Float32Array; shape: readonly number[] } {
  const { bytes, shape } = bytesOf(name, 'float32');
  return { values: new Float32Array(new Uint8Array(bytes).buffer), shape };
}

/** A uint8 array. */
export function fixtureBytes(name: string): Uint8Array {
  return new Uint8Array(bytesOf(name, 'uint8').bytes);
}
