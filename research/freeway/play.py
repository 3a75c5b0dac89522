#!/usr/bin/env python3
"""Atari's freeway in a window of its own, 60 frames a second, never paused, and a demonstrator that looks ahead.

Up and Down are any player's. Each fight prints a line of JSON and adds it to game/scores.jsonl, where the game file's
outcome program finds its score. Between fights the picture is dimmed.
"""
import argparse
import json
import os
import pathlib
import random
import sys
import time

os.environ.setdefault("PYGAME_HIDE_SUPPORT_PROMPT", "1")
os.environ["SDL_VIDEODRIVER"] = "x11"
# otherwise SDL waits for a screen's refresh at every frame, and the game runs too slowly
os.environ["SDL_FRAMEBUFFER_ACCELERATION"] = "0"
import numpy as np
import pygame
from ale_py import Action, ALEInterface, LoggerMode, roms

HERE = pathlib.Path(__file__).resolve().parent
sys.path.append(str(HERE.parent))
from keys import Coach, Keys

FRAME_S = 1 / 60
DECIDE_EVERY = 3  # frames
AHEAD, HELD = 26, 13  # frames that are looked ahead, and how long of that the key is held
CHICKEN = 14  # where the console's memory has its row
THROWN_BACK = -20  # rows: more than that is the start again, on the other side of the road
KEYS = {pygame.K_UP: "Up", pygame.K_DOWN: "Down"}
ACTIONS = {frozenset(): Action.NOOP, frozenset({"Up"}): Action.UP, frozenset({"Down"}): Action.DOWN}


def action(held):
    return ACTIONS.get(frozenset(held), Action.NOOP)


class Game:
    def __init__(self):
        ALEInterface.setLoggerMode(LoggerMode.Error)
        self.console = ALEInterface()
        self.console.setFloat("repeat_action_probability", 0.0)
        self.console.loadROM(roms.get_rom_path("freeway"))
        height, width = self.console.getScreenDims()
        self.screen = np.zeros((height, width, 3), np.uint8)
        pygame.display.init()
        self.window = pygame.display.set_mode((6 * width, 3 * height))  # pixels are twice as wide as high
        pygame.display.set_caption("Atari freeway")
        self.held = set()

    def begin(self, rng):
        self.console.reset_game()
        for _ in range(rng.randint(1, 60)):
            self.console.act(Action.NOOP)

    def show(self, dim=False):
        self.console.getScreenRGB(self.screen)
        picture = self.screen // 4 if dim else self.screen
        pygame.transform.scale(pygame.surfarray.make_surface(picture.swapaxes(0, 1)), self.window.get_size(), self.window)
        pygame.display.flip()

    def hear(self):
        for event in pygame.event.get():
            if event.type == pygame.QUIT:
                sys.exit()
            if event.type == pygame.KEYDOWN and event.key in KEYS:
                self.held.add(KEYS[event.key])
            if event.type == pygame.KEYUP and event.key in KEYS:
                self.held.discard(KEYS[event.key])


def look_ahead(console):
    """Up, unless a car hits then: then what gains most rows. Tried in a copy of the game."""
    now = console.cloneState()
    best, most = set(), None
    for held in ({"Up"}, set(), {"Down"}):
        console.restoreState(now)
        row = int(console.getRAM()[CHICKEN])
        gained, is_hit = 0, False
        for frame in range(AHEAD):
            console.act(action(held if frame < HELD else {"Up"}))
            after = int(console.getRAM()[CHICKEN])
            gained += 0 if after - row < THROWN_BACK else after - row
            is_hit |= THROWN_BACK <= after - row < 0
            row = after
        if most is None or gained > most + 1:
            best, most = held, gained
        if held == {"Up"} and not is_hit:
            break  # nothing gains more
    console.restoreState(now)
    return best


def play(game, keys, options, rng):
    """One fight. Returns its score, and how often the game fell a tenth of a second behind."""
    game.begin(rng)
    if isinstance(keys, Coach):
        keys.begin()
    score = late = 0
    due = time.perf_counter()
    for frame in range(round(options.seconds / FRAME_S)):
        game.hear()
        if keys is not None and frame % DECIDE_EVERY == 0:
            keys.hold(look_ahead(game.console))
        score += game.console.act(action(game.held))
        game.show()
        due += FRAME_S
        if time.perf_counter() > due + 0.1:
            late, due = late + 1, time.perf_counter()
        time.sleep(max(0, due - time.perf_counter()))
    if keys is not None:
        keys.hold(set())
    return int(score), late


def pause(game, seconds):
    game.show(dim=True)
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        game.hear()
        time.sleep(FRAME_S)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fights", type=int, default=20)
    parser.add_argument("--demonstrator", action="store_true", help="plays itself; otherwise the keys are another player's")
    parser.add_argument("--coach", action="store_true", help="takes over from another player again and again")
    parser.add_argument("--seconds", type=float, default=60, help="of a fight")
    parser.add_argument("--wait", type=float, default=3, help="s between fights")
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args()
    rng = random.Random(options.seed)
    keys = Keys(person=True) if options.demonstrator or options.coach else None
    if options.coach:
        keys = Coach(keys, options.seed)
    game = Game()
    pause(game, options.wait)
    for number in range(1, options.fights + 1):
        score, late = play(game, keys, options, rng)
        line = json.dumps({"fight": number, "score": score, "late": late})
        print(line, flush=True)
        with open(HERE / "game" / "scores.jsonl", "a") as scores:
            scores.write(line + "\n")
        pause(game, options.wait)


if __name__ == "__main__":
    main()
