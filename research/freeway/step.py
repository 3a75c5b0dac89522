#!/usr/bin/env python3
"""Atari's freeway, stepped: the pictures and the demonstrator of play.py, as fast as the emulator computes them."""
import pathlib
import sys

import numpy as np
from ale_py import ALEInterface, Action, LoggerMode, roms

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from play import action, look_ahead
from stepping import serve

FRAMES_A_SECOND = 60
LONGEST = 60 * FRAMES_A_SECOND
STARTS = 60  # the game has no chance in it: fights differ by when they begin, and no more than so many do
WIDE, HIGH = 6, 3  # a pixel of the console's in the window, px
KEYS = {"UP": "Up", "DOWN": "Down"}
NAMES = {key: name for name, key in KEYS.items()}


class Freeway:
    pixels = "rgb"
    events = {"score": {"says": "chickens across", "reward": 1}}
    judged_by = "score"

    def __init__(self):
        ALEInterface.setLoggerMode(LoggerMode.Error)
        console = self.console = ALEInterface()
        console.setInt("random_seed", 1)
        console.setFloat("repeat_action_probability", 0.0)
        console.loadROM(roms.get_rom_path("freeway"))
        height, width = console.getScreenDims()
        self.screen = np.zeros((height, width, 3), np.uint8)
        self.width, self.height = WIDE * width, HIGH * height

    def begin(self, actions, rate):
        self.rate = rate

    def reset(self, seed):
        self.console.reset_game()
        for _ in range(1 + seed % STARTS):
            self.console.act(Action.NOOP)
        self.frames, self.periods = 0, 0
        self.look()

    def look(self):
        self.console.getScreenRGB(self.screen)
        self.bytes = self.screen.repeat(HIGH, 0).repeat(WIDE, 1).tobytes()

    def step(self, held):
        self.periods += 1
        due = int(self.periods * FRAMES_A_SECOND / self.rate)
        score = 0
        while self.frames < due:
            score += self.console.act(action({KEYS[name] for name in held}))
            self.frames += 1
        self.look()
        return {"score": int(score)}, "ended" if self.frames >= LONGEST else None

    def picture(self):
        return self.bytes

    def demonstrate(self):
        return {NAMES[key] for key in look_ahead(self.console)}


serve(Freeway())
