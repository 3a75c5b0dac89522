/** Knows files in which numpy keeps arrays, where plain numbers are expected: their heads would be read as numbers. */

/** Which kind of array file begins with these bytes; null for none. */
export function arrayFileKind(bytes: Uint8Array): string | null {
  const start = Buffer.from(bytes.subarray(0, 6)).toString('latin1');
  if (start === '\x93NUMPY') return "numpy's format .npy, which begins with a head";
  if (start.startsWith('PK\x03\x04')) return "a zip archive, such as numpy's .npz";
  return start.startsWith('\x89HDF') ? 'an HDF5 file' : null;
}
