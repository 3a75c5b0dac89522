/**
 * The prototypes of the Windows functions in use, declared at the first use. Handles are addresses; a window's number is
 * its handle, of which Windows uses 32 bits. Texts are UTF-16 in buffers.
 */
import { lazily, openLibrary, type Pointer } from '../../system/ffi.js';

/** `HWND` */
export type WindowHandle = Pointer;

/** Windows: lists, shows, focuses. */
export const windowCalls = lazily(() => {
  const u = openLibrary('user32.dll');
  return {
    enumWindows: u.declare('int EnumWindows(void *visit, intptr_t data)'),
    isWindow: u.declare('int IsWindow(void *w)'),
    isVisible: u.declare('int IsWindowVisible(void *w)'),
    isMinimised: u.declare('int IsIconic(void *w)'),
    isHung: u.declare('int IsHungAppWindow(void *w)'),
    ancestor: u.declare('void *GetAncestor(void *w, unsigned int which)'),
    longOf: u.declare('int32_t GetWindowLongW(void *w, int which)'),
    title: u.declare('int GetWindowTextW(void *w, void *text, int size)'),
    clientRect: u.declare('int GetClientRect(void *w, void *rect)'),
    clientToScreen: u.declare('int ClientToScreen(void *w, void *point)'),
    processOf: u.declare('uint32_t GetWindowThreadProcessId(void *w, void *pid)'),
    foreground: u.declare('void *GetForegroundWindow(void)'),
    setForeground: u.declare('int SetForegroundWindow(void *w)'),
    bringToTop: u.declare('int BringWindowToTop(void *w)'),
    show: u.declare('int ShowWindow(void *w, int how)'),
    attachThreadInput: u.declare('int AttachThreadInput(uint32_t from, uint32_t to, int attach)'),
    cursor: u.declare('int GetCursorPos(void *point)'),
    windowAt: u.declare('void *WindowFromPoint(int64_t point)'),
    setDpiAwareness: u.has('SetProcessDpiAwarenessContext')
      ? u.declare('int SetProcessDpiAwarenessContext(intptr_t context)')
      : null,
    dpiOf: u.has('GetDpiForWindow') ? u.declare('unsigned int GetDpiForWindow(void *w)') : null,
  };
});

/** Pixels. */
export const pixelCalls = lazily(() => {
  const u = openLibrary('user32.dll');
  const g = openLibrary('gdi32.dll');
  return {
    windowDc: u.declare('void *GetDC(void *w)'),
    releaseDc: u.declare('int ReleaseDC(void *w, void *dc)'),
    printWindow: u.declare('int PrintWindow(void *w, void *dc, unsigned int flags)'),
    memoryDc: g.declare('void *CreateCompatibleDC(void *dc)'),
    deleteDc: g.declare('int DeleteDC(void *dc)'),
    createSection: g.declare(
      'void *CreateDIBSection(void *dc, void *info, unsigned int usage, void *bits, void *section, uint32_t offset)',
    ),
    select: g.declare('void *SelectObject(void *dc, void *object)'),
    deleteObject: g.declare('int DeleteObject(void *object)'),
    bitBlt: g.declare(
      'int BitBlt(void *dc, int x, int y, int width, int height, void *from, int fromX, int fromY, uint32_t how)',
    ),
    flush: g.declare('int GdiFlush(void)'),
  };
});

/** Keys and mouse buttons. */
export const keyCalls = lazily(() => {
  const u = openLibrary('user32.dll');
  return {
    sendInput: u.declare('unsigned int SendInput(unsigned int count, void *inputs, int size)'),
    asyncKeyState: u.declare('int16_t GetAsyncKeyState(int key)'),
    keyState: u.declare('int16_t GetKeyState(int key)'),
    layoutOf: u.declare('void *GetKeyboardLayout(uint32_t thread)'),
    mapKey: u.declare('unsigned int MapVirtualKeyExW(unsigned int code, unsigned int how, void *layout)'),
    keyOfCharacter: u.declare('int16_t VkKeyScanExW(uint16_t character, void *layout)'),
    systemMetric: u.declare('int GetSystemMetrics(int which)'),
  };
});

/** sizeof(MSG) on a 64-bit Windows, winuser.h. */
export const MESSAGE_BYTES = 48;
/** PM_REMOVE. */
const REMOVE = 1;

/** Messages of this thread, and modules of this process. */
export const messageCalls = lazily(() => {
  const peek = openLibrary('user32.dll').declare(
    'int PeekMessageW(void *message, void *w, unsigned int first, unsigned int last, unsigned int how)',
  );
  return {
    /** Takes the next message; false where none waits. */
    take: (message: Buffer): boolean => peek(message, null, 0, 0, REMOVE) !== 0,
    module: openLibrary('kernel32.dll').declare('void *GetModuleHandleW(void *name)'),
  };
});

/** The hook, and what its message loop waits with. */
export const hookCalls = lazily(() => {
  const u = openLibrary('user32.dll');
  return {
    setHook: u.declare('void *SetWindowsHookExW(int which, void *listener, void *module, uint32_t thread)'),
    unhook: u.declare('int UnhookWindowsHookEx(void *hook)'),
    callNext: u.declare('intptr_t CallNextHookEx(void *hook, int code, uintptr_t message, void *event)'),
    waitForMessage: u.declare(
      'uint32_t MsgWaitForMultipleObjects(uint32_t count, void *handles, int all, uint32_t ms, uint32_t mask)',
    ),
  };
});

/** A window of this program. */
export const ownWindowCalls = lazily(() => {
  const u = openLibrary('user32.dll');
  const address = openLibrary('kernel32.dll').declare('void *GetProcAddress(void *module, const char *name)');
  return {
    create: u.declare(
      'void *CreateWindowExW(uint32_t extended, void *kind, void *title, uint32_t style, int x, int y, int width, int height, ',
      'void *parent, void *menu, void *module, void *data)',
    ),
    destroy: u.declare('int DestroyWindow(void *w)'),
    dispatch: u.declare('intptr_t DispatchMessageW(void *message)'),
    register: u.declare('uint16_t RegisterClassW(void *kind)'),
    setClassValue: u.declare('void *SetClassLongPtrW(void *w, int which, void *value)'),
    brush: openLibrary('gdi32.dll').declare('void *CreateSolidBrush(uint32_t colour)'),
    /** The address of DefWindowProc. */
    defaultAnswers: () => address(messageCalls().module(wide('user32.dll')), 'DefWindowProcW')!,
    invalidate: u.declare('int InvalidateRect(void *w, void *rect, int erase)'),
    update: u.declare('int UpdateWindow(void *w)'),
  };
});

/** Processes, named objects, timers. */
export const systemCalls = lazily(() => {
  const k = openLibrary('kernel32.dll');
  const a = openLibrary('advapi32.dll');
  return {
    currentThread: k.declare('uint32_t GetCurrentThreadId(void)'),
    currentProcess: k.declare('void *GetCurrentProcess(void)'),
    openProcess: k.declare('void *OpenProcess(uint32_t access, int inherit, uint32_t pid)'),
    close: k.declare('int CloseHandle(void *handle)'),
    imageName: k.declare('int QueryFullProcessImageNameW(void *process, uint32_t flags, void *name, void *size)'),
    createMutex: k.declare('void *CreateMutexW(void *security, int owned, void *name)'),
    waitFor: k.declare('uint32_t WaitForSingleObject(void *handle, uint32_t ms)'),
    releaseMutex: k.declare('int ReleaseMutex(void *mutex)'),
    createMapping: k.declare(
      'void *CreateFileMappingW(void *file, void *security, uint32_t how, uint32_t high, uint32_t low, void *name)',
    ),
    openMapping: k.declare('void *OpenFileMappingW(uint32_t access, int inherit, void *name)'),
    mapView: k.declare('void *MapViewOfFile(void *mapping, uint32_t access, uint32_t high, uint32_t low, size_t size)'),
    unmapView: k.declare('int UnmapViewOfFile(void *view)'),
    openToken: a.declare('int OpenProcessToken(void *process, uint32_t access, void *token)'),
    tokenInformation: a.declare(
      'int GetTokenInformation(void *token, int which, void *data, uint32_t size, void *needed)',
    ),
    setTimerPeriod: openLibrary('winmm.dll').declare('unsigned int timeBeginPeriod(unsigned int ms)'),
  };
});

/** Services. */
export const serviceCalls = lazily(() => {
  const a = openLibrary('advapi32.dll');
  return {
    openManager: a.declare('void *OpenSCManagerW(void *machine, void *database, uint32_t access)'),
    openService: a.declare('void *OpenServiceW(void *manager, void *name, uint32_t access)'),
    status: a.declare('int QueryServiceStatus(void *service, void *status)'),
    close: a.declare('int CloseServiceHandle(void *handle)'),
  };
});

/** A text as Windows takes it: UTF-16, with a zero at its end. */
export function wide(text: string): Buffer {
  return Buffer.from(`${text}\0`, 'utf16le');
}

/** `GetWindowText` and others count characters of two bytes. */
export function fromWide(bytes: Buffer, characters: number): string {
  return bytes.toString('utf16le', 0, 2 * characters);
}
