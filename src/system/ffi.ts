/**
 * Calls C libraries. The only file that imports koffi, and it does so at the first call, so that everything else loads
 * where koffi does not. Opens shared libraries on demand; its users declare the functions (see xlib.ts).
 * Never call into a library from two threads: Xlib calls back synchronously on the calling thread.
 */
import { createRequire } from 'node:module';
import type Koffi from 'koffi';
import { UnderstudyError, messageOf } from '../core/errors.js';
import { reinstallAdvice } from '../core/installation.js';

/** An address. koffi 3 passes pointers as integers; null is NULL. */
export type Pointer = bigint;

/** Out parameters: pass a typed array, declare the parameter as `void *`. Filled when the call returns. */
export type OutBuffer = Uint8Array | Int32Array | Uint32Array | BigUint64Array | BigInt64Array;

/** Libraries that are opened, and the Debian package that contains each. */
export const LIBRARY_PACKAGES = {
  'libX11.so.6': 'libx11-6',
  'libXext.so.6': 'libxext6',
  'libXcomposite.so.1': 'libxcomposite1',
  'libXtst.so.6': 'libxtst6',
  'libXi.so.6': 'libxi6',
  'libc.so.6': 'libc6',
} as const;

/** A library that a package of Debian contains. */
export type PackagedLibrary = keyof typeof LIBRARY_PACKAGES;

/** Libraries of Windows that are opened; they are part of it. */
type WindowsLibrary =
  'user32.dll' | 'gdi32.dll' | 'kernel32.dll' | 'advapi32.dll' | 'dwmapi.dll' | 'winmm.dll' | 'msvcrt.dll';

export type LibraryName = PackagedLibrary | WindowsLibrary;

/** What a C type is here: `char *` a text, any other pointer an address or memory, a number everything else. */
type CValue<Type extends string> = Type extends `const char *${string}`
  ? string
  : Type extends `${string}*${string}`
    ? Pointer | OutBuffer | null
    : number | bigint;
type CArguments<List extends string> = List extends 'void'
  ? []
  : List extends `${infer First}, ${infer Others}`
    ? [CValue<First>, ...CArguments<Others>]
    : [CValue<List>];
/** A result is never memory of ours; integers up to 2^53 are numbers. */
type CResult<Type extends string> = Type extends `const char *${string}`
  ? string | null
  : Type extends `void *${string}`
    ? Pointer | null
    : Type extends `void ${string}`
      ? void
      : number;
/** The JavaScript function for a C prototype such as 'int XFoo(void *d, int on)'. */
type CFunction<Prototype extends string> = Prototype extends `${infer Head}(${infer List})`
  ? (...args: CArguments<List>) => CResult<Head>
  : never;

/** An open shared library. */
export interface NativeLibrary {
  /**
   * Declares a C function from its prototype, which may be cut in two. Declare once and keep: it is not cached.
   *
   * @param start `'int XFoo(void *d, int on)'`, with names; pointers are `void *`, texts `const char *`
   */
  declare<Start extends string, Rest extends string = ''>(start: Start, rest?: Rest): CFunction<`${Start}${Rest}`>;
  /** False where this version of the library lacks the function. */
  has(symbol: string): boolean;
}

const koffi = lazily(() => {
  try {
    return createRequire(import.meta.url)('koffi') as typeof Koffi;
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The npm package koffi, which calls the system's libraries, does not load: ${messageOf(cause)}`,
      next: `${reinstallAdvice()} On an unusual platform see https://koffi.dev for what it supports.`,
      cause,
    });
  }
});

const opened = new Map<LibraryName, NativeLibrary>();

/**
 * Opens a library, once a process.
 *
 * @throws UnderstudyError `package-missing`, naming the Debian package where there is one
 */
export function openLibrary(name: LibraryName): NativeLibrary {
  const known = opened.get(name);
  if (known) return known;
  const handle = load(name);
  const library: NativeLibrary = {
    declare: (start, rest) => handle.func(`${start}${rest ?? ''}`) as never,
    has: (symbol) => {
      try {
        return handle.symbol(symbol) !== null;
      } catch {
        return false;
      }
    },
  };
  opened.set(name, library);
  return library;
}

function load(name: LibraryName) {
  const ffi = koffi();
  try {
    return ffi.load(name);
  } catch (cause) {
    throw new UnderstudyError({
      kind: 'environment',
      code: 'package-missing',
      message: `The shared library ${name} cannot be opened: ${messageOf(cause)}`,
      next: installAdvice(name),
      cause,
    });
  }
}

function installAdvice(name: LibraryName): string {
  if (!(name in LIBRARY_PACKAGES)) return 'It is a part of Windows 10 and later: run this there.';
  return `Install it (Debian, Ubuntu: apt install ${LIBRARY_PACKAGES[name as PackagedLibrary]}).`;
}

/** True where the library can be opened. */
export function hasLibrary(name: LibraryName): boolean {
  try {
    openLibrary(name);
    return true;
  } catch {
    return false;
  }
}

/** Keeps registered callbacks alive: C may call them for as long as the process runs. */
const callbacks: unknown[] = [];

/**
 * Makes a JavaScript function callable from C for the rest of the process. Pointers arrive as bigint. It runs
 * synchronously inside the C call that triggers it and must not throw.
 *
 * @param prototype of the function itself, with a name that is unique in the process: `int onFoo(void *d)`
 */
export function callback(prototype: string, listener: (...args: never[]) => unknown): Pointer {
  const ffi = koffi();
  const pointer = ffi.register(listener, ffi.pointer(ffi.proto(prototype)));
  callbacks.push(listener, pointer);
  return pointer;
}

/**
 * The `sizeBytes` bytes at an address, without copying. Reading them after the memory was unmapped crashes the process:
 * the code that unmaps it must know that no view is left.
 */
export function viewMemory(address: Pointer, sizeBytes: number): Uint8Array {
  return new Uint8Array(koffi().view(address, sizeBytes));
}

/** Calls `make` at the first use and keeps its result: for tables of declared functions. */
export function lazily<T extends object>(make: () => T): () => T {
  let made: T | undefined;
  return () => (made ??= make());
}

const C_LIBRARY = process.platform === 'win32' ? 'msvcrt.dll' : 'libc.so.6';

const memcpy = lazily(() => openLibrary(C_LIBRARY).declare('void *memcpy(void *to, void *from, size_t sizeBytes)'));

/** Copies memory at an address into `to`, all of it. */
export function readMemory(address: Pointer, to: Uint8Array): void {
  memcpy()(to, address, to.byteLength);
}

/** Copies all of `from` to an address. */
export function writeMemory(address: Pointer, from: Uint8Array): void {
  memcpy()(address, from, from.byteLength);
}

/** A copy of the `sizeBytes` bytes at an address. */
export function copyMemory(address: Pointer, sizeBytes: number): Buffer {
  const copy = Buffer.alloc(sizeBytes);
  readMemory(address, copy);
  return copy;
}

/** The zero-terminated UTF-8 text at an address; empty for NULL. */
export function readCString(address: Pointer | null): string {
  return address === null || address === 0n ? '' : koffi().decode.string(address);
}

/** Memory that C may keep a pointer to; stays until {@link freeMemory}. Zeroed. */
export function allocateMemory(sizeBytes: number): Pointer {
  const address = koffi().alloc('uint8_t', sizeBytes) as Pointer;
  writeMemory(address, new Uint8Array(sizeBytes));
  return address;
}

export function freeMemory(address: Pointer): void {
  koffi().free(address);
}
