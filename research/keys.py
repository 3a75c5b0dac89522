"""Holds keys as a hand does: on the X server's own keyboard where it has one that can be driven, else through XTEST's."""
import ctypes as c
import random
import time

ALONE_S = (1, 2.5)  # a spell of the agent's
TAKEN_OVER_S = (2.5, 5)  # a spell of the demonstrator's
GIVE_BACK = "F8"  # the agent's pause key


class Device(c.Structure):
    _fields_ = [
        ("id", c.c_ulong),
        ("type", c.c_ulong),
        ("name", c.c_char_p),
        ("classes", c.c_int),
        ("use", c.c_int),
        ("class_info", c.c_void_p),
    ]


class Keys:
    """Key names are keysyms. `person` presses on the server's keyboard, which programs take for a person's."""

    def __init__(self, person=False):
        self.x = c.CDLL("libX11.so.6")
        self.test = c.CDLL("libXtst.so.6")
        self.x.XOpenDisplay.restype = c.c_void_p
        self.x.XStringToKeysym.restype = c.c_ulong
        self.x.XStringToKeysym.argtypes = [c.c_char_p]
        self.x.XKeysymToKeycode.restype = c.c_ubyte
        self.x.XKeysymToKeycode.argtypes = [c.c_void_p, c.c_ulong]
        self.x.XFlush.argtypes = [c.c_void_p]
        self.test.XTestFakeKeyEvent.argtypes = [c.c_void_p, c.c_uint, c.c_int, c.c_ulong]
        self.test.XTestFakeDeviceKeyEvent.argtypes = [
            *(c.c_void_p, c.c_void_p, c.c_uint, c.c_int),
            *(c.c_void_p, c.c_int, c.c_ulong),
        ]
        self.display = self.x.XOpenDisplay(None)
        if not self.display:
            raise SystemExit("No display: set DISPLAY to the one of the game.")
        self.device = self.keyboard() if person else None
        self.held = set()

    def keyboard(self):
        xi = c.CDLL("libXi.so.6")
        xi.XListInputDevices.restype = c.POINTER(Device)
        xi.XListInputDevices.argtypes = [c.c_void_p, c.POINTER(c.c_int)]
        xi.XOpenDevice.restype = c.c_void_p
        xi.XOpenDevice.argtypes = [c.c_void_p, c.c_ulong]
        count = c.c_int()
        devices = xi.XListInputDevices(self.display, c.byref(count))
        for i in range(count.value):
            if devices[i].name == b"Xvfb keyboard":
                return xi.XOpenDevice(self.display, devices[i].id)
        raise SystemExit("This display has no 'Xvfb keyboard': a person's keys can be pressed on Xvfb alone.")

    def hold(self, wanted):
        """Holds these keys and no others."""
        for key in sorted(self.held - wanted):
            self.send(key, False)
        for key in sorted(wanted - self.held):
            self.send(key, True)
        self.held = set(wanted)
        self.x.XFlush(self.display)

    def tap(self, key, seconds=0.1):
        self.hold({key})
        time.sleep(seconds)
        self.hold(set())

    def send(self, key, down):
        code = self.x.XKeysymToKeycode(self.display, self.x.XStringToKeysym(key.encode()))
        if self.device is None:
            self.test.XTestFakeKeyEvent(self.display, code, down, 0)
        else:
            self.test.XTestFakeDeviceKeyEvent(self.display, self.device, code, down, None, 0, 0)


class Coach:
    """Takes over from an agent again and again, so that its keys are corrections, and gives back with the pause key."""

    def __init__(self, keys, seed):
        self.keys = keys
        self.random = random.Random(seed)
        self.has_pressed = False
        self.begin()

    def begin(self):
        """A fight begins with the agent."""
        self.give_back()
        self.is_its_turn = False
        self.until = time.monotonic() + self.random.uniform(*ALONE_S)

    def hold(self, wanted):
        """Holds these keys where it is its turn; the first one takes over."""
        if time.monotonic() > self.until:
            self.is_its_turn = not self.is_its_turn
            self.until = time.monotonic() + self.random.uniform(*(TAKEN_OVER_S if self.is_its_turn else ALONE_S))
            if not self.is_its_turn:
                self.give_back()
        if self.is_its_turn:
            self.has_pressed = self.has_pressed or len(wanted) > 0
            self.keys.hold(wanted)

    def give_back(self):
        self.keys.hold(set())
        if self.has_pressed:  # else the agent plays, and the key would pause it
            self.keys.send(GIVE_BACK, True)
            self.keys.send(GIVE_BACK, False)
            self.keys.x.XFlush(self.keys.display)
        self.has_pressed = False
