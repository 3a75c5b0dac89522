#!/usr/bin/python3
"""A demonstrator for Debian's moon-buggy: reads the terminal's pixels 50 times a second and jumps as a hand does, some time later.

It knows how fast the ground comes and how long a jump takes; all else it sees in the picture. It jumps and never shoots.
"""
import argparse
import json
import pathlib
import random
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from eye import BUGGY, SOIL, Eye, is_driving, score
from keys import Keys

LOOK_S = 0.02
TICK_S = 0.08  # the ground moves on by a letter
FLIGHT = 11  # ticks of a jump, which is always the same
ROOM = 0.5  # ticks between coming down and the next jump
HELD_S = (0.1, 0.14)
OVER = 3  # pictures without a whole buggy
JUMP, NEXT = "Control_L", "Return"
FRONT, WHEELBASE = BUGGY + 1, 4  # the wheel that a crater meets first, and how far behind it the other one is


def obstacles(rows):
    """When a jump over each thing ahead may begin, in ticks from now: (first, last), the nearest first."""
    found = []
    soil = rows[SOIL][: FRONT + 1]
    end = len(soil)
    while " " in soil[:end]:
        near = soil.rindex(" ", 0, end)
        end = len(soil[:near].rstrip(" "))
        meets = FRONT - near
        if meets > 0:  # else it is under the buggy already
            found.append((meets + near - end + WHEELBASE - FLIGHT, meets))
    for column, letter in enumerate(rows[SOIL - 1][:BUGGY]):
        if letter not in " ?":  # a stone, which the whole buggy must be above
            found.append((BUGGY - column + 7 - FLIGHT, BUGGY - column - 1))
    return sorted(found, key=lambda window: window[1])


def moment(windows, landing):
    """When to jump next, in ticks from now: the middle of what the nearest thing, and those behind it, allow. None: nothing ahead."""
    latest = None
    for first, last in reversed(windows):
        latest = last if latest is None else min(last, latest - FLIGHT - ROOM)
    if latest is None:
        return None
    return (min(max(windows[0][0], landing + ROOM), latest) + latest) / 2


class Ground:
    """Knows when the ground moved on last: it sees that, and expects the rest."""

    def __init__(self):
        self.soil = None
        self.moved_at = 0.0

    def see(self, now, rows):
        late = now - self.moved_at
        if rows[SOIL] != self.soil:
            expected = self.moved_at + round(late / TICK_S) * TICK_S
            self.moved_at = min(max(expected, now - LOOK_S), now)
            self.soil = rows[SOIL]
        elif late > TICK_S:  # it is the same everywhere, or this look was late
            self.moved_at += late // TICK_S * TICK_S


class Hand:
    """Holds the key for a moment, once its delay is over."""

    def __init__(self, keys, options):
        self.keys, self.options = keys, options
        self.random = random.Random(options.seed)
        self.down = self.up = None

    def want(self, now):
        """Decides to jump. Returns when the key will be down; the last one may be held until then."""
        low, high = self.options.delay_ms
        self.down = now + self.random.uniform(low, high) / 1000
        return self.down

    def move(self, now):
        if self.up is not None and now >= self.up:
            self.keys.hold(set())
            self.up = None
        if self.down is not None and now >= self.down:
            self.keys.hold({JUMP})
            self.up = now + self.random.uniform(*HELD_S)
            self.down = None

    def release(self):
        self.down = self.up = None
        self.keys.hold(set())


class Driver:
    def __init__(self, hand, options):
        self.hand, self.options = hand, options
        self.ground = Ground()
        self.lands_at = 0.0
        self.decided_at = 0.0

    def see(self, now, rows):
        self.ground.see(now, rows)
        if now - self.decided_at < 1 / self.options.rate - LOOK_S / 2 or self.hand.down is not None:
            return
        self.decided_at = now
        windows = obstacles(rows)
        at = moment(windows, (self.lands_at - self.ground.moved_at) / TICK_S)
        arrives = now + sum(self.options.delay_ms) / 2000
        if at is None or arrives < max(self.ground.moved_at + at * TICK_S - 0.5 / self.options.rate, self.lands_at):
            return
        if self.hand.random.random() < self.options.lapse:
            self.lands_at = arrives + FLIGHT * TICK_S  # does not see that it should
        else:
            self.lands_at = self.hand.want(now) + FLIGHT * TICK_S


def play(options, eye, hand):
    """Starts a game, plays it to its first wreck. Returns its seconds and its score."""
    hand.keys.tap(NEXT)
    driver = Driver(hand, options)
    began, gone, points = None, 0, None
    asked_at = time.monotonic()
    while True:
        now = time.monotonic()
        rows = eye.look()
        if rows is None:
            raise SystemExit("The window is gone.")
        if is_driving(rows):
            began, gone = began or now, 0
            points = score(rows)
            if options.player == "hand":
                driver.see(now, rows)
        elif began is not None:
            ended = now if gone == 0 else ended
            gone += 1
            if gone == OVER:
                hand.release()
                return ended - began, points
        elif now - asked_at > 3:
            hand.keys.tap(NEXT)
            asked_at = now
        hand.move(time.monotonic())
        time.sleep(max(0, LOOK_S - (time.monotonic() - now)))


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fights", type=int, default=20, help="games to play, then end")
    parser.add_argument("--delay-ms", type=float, nargs=2, default=(60, 100), help="of the hand: drawn between these")
    parser.add_argument("--rate", type=float, default=20, help="decisions a second")
    parser.add_argument("--lapse", type=float, default=0.03, help="of the jumps: how many it forgets")
    parser.add_argument("--player", choices=("hand", "idle"), default="hand")
    parser.add_argument("--wait", type=float, default=3.5, help="s between games: its wreck is shown for three")
    parser.add_argument("--person", action="store_true", help="presses on Xvfb's own keyboard, as a person, not through XTEST's")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    eye = Eye()
    if eye.window is None:
        raise SystemExit("moon-buggy has no window on this display: start it first.")
    hand = Hand(Keys(options.person), options)
    try:
        for number in range(1, options.fights + 1):
            seconds, points = play(options, eye, hand)
            print(json.dumps({"fight": number, "seconds": round(seconds, 2), "score": points}), flush=True)
            time.sleep(options.wait)
    finally:
        hand.release()


if __name__ == "__main__":
    main()
