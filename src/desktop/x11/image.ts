/**
 * Reads the pixels of an X pixmap: through shared memory, without a copy, or over the connection where memory cannot be
 * shared. Two buffers are used in turn, so that a new picture can be compared with the last one.
 */
import { UnderstudyError } from '../../core/errors.js';
import type { XConnection } from './connection.js';
import {
  allocateMemory,
  copyMemory,
  freeMemory,
  lazily,
  openLibrary,
  readMemory,
  viewMemory,
  writeMemory,
  type Pointer,
} from '../../system/ffi.js';
import { xlib } from './xlib.js';
import type { Backing } from './backing.js';

const Z_PIXMAP = 2;
const ALL_PLANES = 0xffffffff;
/** shmget: IPC_PRIVATE; IPC_CREAT | 0600. shmctl: IPC_RMID. */
const IPC_PRIVATE = 0;
const CREATE_OWNER_ONLY = 0o1600;
const IPC_RMID = 0;

/** A buffer that a pixmap is read into. */
export interface PixelBuffer {
  /** BGRA, width * height * 4 bytes of the last {@link fit}; the fourth byte is whatever the server left there. */
  readonly pixels: Uint8Array;
  /** Changes its size to the picture's; false where its memory is too small, or far too large. */
  fit(backing: Backing): boolean;
  /** False when the server refused. One round trip. */
  read(backing: Backing): boolean;
  close(): void;
}

/** Factor of spare memory for a window that is being enlarged, so that not every step takes new memory. */
const SPARE = 1.5;
/** Where the memory is larger than needed by more than this factor, it is replaced. */
const MAX_SPARE = 8;

const shm = lazily(() => {
  const ext = openLibrary('libXext.so.6');
  const c = openLibrary('libc.so.6');
  return {
    queryExtension: ext.declare('int XShmQueryExtension(void *d)'),
    attach: ext.declare('int XShmAttach(void *d, void *info)'),
    detach: ext.declare('int XShmDetach(void *d, void *info)'),
    createImage: ext.declare(
      'void *XShmCreateImage(void *d, void *visual, unsigned int depth, int format, void *data, void *info, ',
      'unsigned int width, unsigned int height)',
    ),
    getImage: ext.declare(
      'int XShmGetImage(void *d, unsigned long drawable, void *image, int x, int y, unsigned long planes)',
    ),
    shmget: c.declare('int shmget(int key, size_t sizeBytes, int flags)'),
    shmat: c.declare('void *shmat(int id, void *at, int flags)'),
    shmdt: c.declare('int shmdt(void *address)'),
    shmctl: c.declare('int shmctl(int id, int command, void *buffer)'),
  };
});

/**
 * Unmaps memory once the last view of it was garbage-collected: pixels that were kept too long are stale, but reading
 * them does not crash the process.
 */
const unmapping = new FinalizationRegistry<Pointer>((address) => shm().shmdt(address));

/** A picture in memory that the server writes to directly. */
export class SharedPixels implements PixelBuffer {
  pixels: Uint8Array = new Uint8Array();
  readonly #connection: XConnection;
  /** `XShmSegmentInfo *` */
  readonly #info: Pointer;
  readonly #memory: Uint8Array;
  readonly #address: Pointer;
  #image: Pointer | null = null;
  #closed = false;

  private constructor(connection: XConnection, info: Pointer, address: Pointer, sizeBytes: number) {
    this.#connection = connection;
    this.#info = info;
    this.#address = address;
    this.#memory = viewMemory(address, sizeBytes);
    unmapping.register(this.#memory.buffer, address);
  }

  /**
   * Null where client and server cannot share memory (a remote display, a server without MIT-SHM, no free segment).
   *
   * @throws UnderstudyError `capture-failed` where the server's pixels are not 4 bytes, least significant first
   */
  static create(connection: XConnection, backing: Backing): SharedPixels | null {
    const calls = shm();
    if (calls.queryExtension(connection.display) === 0) return null;
    const sizeBytes = Math.ceil(backing.width * backing.height * 4 * SPARE);
    const id = calls.shmget(IPC_PRIVATE, sizeBytes, CREATE_OWNER_ONLY);
    if (id === -1) return null;
    const address = calls.shmat(id, null, 0)!;
    const isMapped = BigInt.asIntN(64, address) !== -1n;
    const info = allocateMemory(32); // XShmSegmentInfo: shmseg 0, shmid 8, shmaddr 16, readOnly 24
    if (isMapped) {
      const bytes = Buffer.alloc(32);
      bytes.writeInt32LE(id, 8);
      bytes.writeBigUInt64LE(address, 16);
      writeMemory(info, bytes);
    }
    const attached = isMapped && connection.attempt(() => calls.attach(connection.display, info)) === 1;
    // both sides have attached it: marked for removal, it is freed with the last of them, however they end
    calls.shmctl(id, IPC_RMID, null);
    if (!attached) {
      if (isMapped) calls.shmdt(address);
      freeMemory(info);
      return null;
    }
    const shared = new SharedPixels(connection, info, address, sizeBytes);
    shared.fit(backing);
    return shared;
  }

  fit(backing: Backing): boolean {
    const { visual, depth, width, height } = backing;
    const sizeBytes = width * height * 4;
    const capacity = this.#memory.length;
    if (sizeBytes > capacity || sizeBytes * MAX_SPARE < capacity) return false;
    if (this.#image !== null) xlib().free(this.#image);
    this.#image = shm().createImage(
      this.#connection.display,
      visual,
      depth,
      Z_PIXMAP,
      this.#address,
      this.#info,
      width,
      height,
    );
    assertLayout(this.#image, width);
    this.pixels = this.#memory.subarray(0, sizeBytes);
    return true;
  }

  read(backing: Backing): boolean {
    const { pixmap, border } = backing;
    const { display } = this.#connection;
    const status = this.#connection.attemptReply(() =>
      shm().getImage(display, pixmap, this.#image, border, border, ALL_PLANES),
    );
    return status === 1;
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    try {
      this.#connection.attempt(() => shm().detach(this.#connection.display, this.#info));
    } catch {
      // the server is gone, and with it its side of the segment
    }
    if (this.#image !== null) xlib().free(this.#image);
    freeMemory(this.#info);
  }
}

/** A picture that is sent through the connection: several times slower, but works everywhere. */
export class WiredPixels implements PixelBuffer {
  readonly pixels: Uint8Array;
  readonly #connection: XConnection;

  constructor(connection: XConnection, backing: Backing) {
    this.#connection = connection;
    this.pixels = new Uint8Array(backing.width * backing.height * 4);
  }

  fit(backing: Backing): boolean {
    return this.pixels.length === backing.width * backing.height * 4;
  }

  read(backing: Backing): boolean {
    const { pixmap, border, width, height } = backing;
    const { display } = this.#connection;
    const image = this.#connection.attemptReply(() =>
      xlib().getImage(display, pixmap, border, border, width, height, ALL_PLANES, Z_PIXMAP),
    );
    if (image === null) return false;
    const data = assertLayout(image, width);
    readMemory(data, this.pixels);
    xlib().free(data);
    xlib().free(image);
    return true;
  }

  close(): void {
    // the garbage collector frees its memory
  }
}

/** XImage: data 16, byte_order 24, bytes_per_line 44, bits_per_pixel 48. @returns the address of the data */
function assertLayout(image: Pointer | null, width: number): Pointer {
  if (image !== null) {
    const bytes = copyMemory(image, 56);
    const leastFirst = bytes.readInt32LE(24) === 0;
    if (leastFirst && bytes.readInt32LE(44) === width * 4 && bytes.readInt32LE(48) === 32) {
      return bytes.readBigUInt64LE(16);
    }
  }
  throw new UnderstudyError({
    kind: 'environment',
    code: 'capture-failed',
    message: 'The X server hands out pixels in an unknown layout; 4 bytes a pixel, least significant first, are read.',
    next: 'Use --capture screenshot-desktop, and report this with the output of xdpyinfo.',
  });
}
