/*
 * A window that witnesses keys: a game for the tests on Windows. It paints a counter as grey levels, so that each picture
 * differs from the last, and writes a line for each key that goes down or up and each key that GetAsyncKeyState sees change.
 *
 *   witness.exe LOG [TITLE [red]]
 *
 * red: it paints nothing but red.
 *
 * Lines: "ready PID HWND", "down VK SCAN EXTENDED MS", "up ...", "state VK 0|1 MS", "button NAME 0|1 MS", "closed".
 */
#include <windows.h>
#include <stdio.h>

static FILE *out;
static BOOL red;
static int count;
static BYTE state[256];

static const BYTE WATCHED[] = {VK_LEFT, VK_UP, VK_RIGHT, VK_DOWN, VK_SPACE, VK_HOME, VK_LSHIFT, VK_LCONTROL, 'A', 'D', 'F', 'Q', 'W', 'X', 'Z'};

static void line(const char *format, unsigned a, unsigned b, unsigned c) {
  fprintf(out, format, a, b, c, (unsigned)GetTickCount());
  fflush(out);
}

static void look(void) {
  for (unsigned i = 0; i < sizeof WATCHED; i += 1) {
    BYTE down = (GetAsyncKeyState(WATCHED[i]) & 0x8000) != 0;
    if (down != state[WATCHED[i]]) line("state %u %u %u %u\n", WATCHED[i], down, 0);
    state[WATCHED[i]] = down;
  }
}

static void fill(HDC dc, RECT where, COLORREF colour) {
  HBRUSH brush = CreateSolidBrush(colour);
  FillRect(dc, &where, brush);
  DeleteObject(brush);
}

static void paint(HWND window, HDC dc) {
  RECT all, left, right;
  int level = 8 + count % 16; /* as dark, and as varied, as the fight that the shipped model has learned */
  GetClientRect(window, &all);
  left = right = all;
  left.right = right.left = all.right / 2;
  if (red) {
    fill(dc, all, RGB(200, 0, 0));
  } else {
    fill(dc, left, RGB(level, level, level));
    fill(dc, right, RGB(72 - level, 72 - level, 72 - level));
  }
}

static LRESULT CALLBACK on_message(HWND window, UINT message, WPARAM key, LPARAM data) {
  switch (message) {
    case WM_KEYDOWN:
    case WM_SYSKEYDOWN:
      if ((data & 0x40000000) == 0) line("down %u %u %u %u\n", (unsigned)key, (data >> 16) & 0xff, (data >> 24) & 1);
      return 0;
    case WM_KEYUP:
    case WM_SYSKEYUP:
      line("up %u %u %u %u\n", (unsigned)key, (data >> 16) & 0xff, (data >> 24) & 1);
      return 0;
    case WM_LBUTTONDOWN:
    case WM_LBUTTONUP:
      line("button %u %u %u %u\n", 0, message == WM_LBUTTONDOWN, 0);
      return 0;
    case WM_TIMER:
      look();
      count += 1;
      InvalidateRect(window, NULL, FALSE);
      return 0;
    case WM_PAINT: {
      PAINTSTRUCT painting;
      paint(window, BeginPaint(window, &painting));
      EndPaint(window, &painting);
      return 0;
    }
    case WM_DESTROY:
      fprintf(out, "closed\n");
      fflush(out);
      PostQuitMessage(0);
      return 0;
  }
  return DefWindowProcW(window, message, key, data);
}

int main(void) {
  int argc;
  wchar_t **argv = CommandLineToArgvW(GetCommandLineW(), &argc); /* main's own are in the machine's code page */
  if (argc < 2 || (out = _wfopen(argv[1], L"w")) == NULL) return 2;
  const wchar_t *title = argc > 2 ? argv[2] : L"Witness";
  red = argc > 3;
  WNDCLASSW kind = {.lpfnWndProc = on_message, .hInstance = GetModuleHandleW(NULL), .lpszClassName = L"Witness"};
  kind.hCursor = LoadCursor(NULL, IDC_ARROW);
  RegisterClassW(&kind);
  RECT inside = {0, 0, 320, 180};
  AdjustWindowRect(&inside, WS_OVERLAPPEDWINDOW, FALSE);
  HWND window = CreateWindowW(L"Witness", title, WS_OVERLAPPEDWINDOW | WS_VISIBLE, 60, 60, inside.right - inside.left,
                              inside.bottom - inside.top, NULL, NULL, kind.hInstance, NULL);
  SetTimer(window, 1, 20, NULL);
  fprintf(out, "ready %u %u\n", (unsigned)GetCurrentProcessId(), (unsigned)(UINT_PTR)window);
  fflush(out);
  MSG message;
  while (GetMessageW(&message, NULL, 0, 0) > 0) {
    TranslateMessage(&message);
    DispatchMessageW(&message);
  }
  return 0;
}
