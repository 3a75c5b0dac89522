#!/usr/bin/python3
"""A demonstrator for Debian's xjump: looks at its window 50 times a second and holds keys as a hand does, some time later.

It knows how the game moves its hero and expects where it will be when its keys arrive; all else it sees in the picture.
"""
import argparse
import collections
import dataclasses
import json
import pathlib
import random
import sys
import time

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from eye import OVER, PLAYING, Eye
from keys import Keys
from plan import decide
from tower import STOREY, TICK_S, Hero, tick

LOOK_S = 0.02
STUCK_S = 0.3  # standing still with Up held: the game missed the press
STILL_S = 0.12  # a ball that moves is seen to within that
LOST = 8  # px between what was expected and what was seen
SIDES = {"Left": -1, "Right": 1}


class Watch:
    """Where the ball is, and how fast it moves: the keys that were held say it, and the picture corrects it."""

    def __init__(self):
        self.hero = None
        self.floors = {}
        self.at = self.moved_at = 0.0

    def see(self, at, ball, floors, held):
        """Takes a picture, with the keys that were held since the last one. Returns the hero and the floors."""
        sunk = self.sunk(floors)
        if self.hero is None:
            self.hero, self.at = Hero(*ball), at
        else:
            self.follow(at, ball, sunk, held)
        known = {row + sunk: ends for row, ends in self.floors.items()}
        for row, ends in floors.items():
            if row in known and is_same(ends, known[row]):  # the ball may hide one end
                floors[row] = (min(ends[0], known[row][0]), max(ends[1], known[row][1]))
        self.floors = floors
        return self.hero, floors

    def sunk(self, floors):
        """px that the tower sank since the last picture."""
        if not floors or not self.floors:
            return 0
        least = (min(floors) - min(self.floors)) % STOREY
        return max(
            (least + storeys * STOREY for storeys in range(4)),
            key=lambda px: sum(is_same(floors.get(row + px, (0, 0)), ends) for row, ends in self.floors.items()),
        )

    def follow(self, at, ball, sunk, held):
        if ball != (self.hero.x, self.hero.y + sunk) or self.moved_at == 0:
            self.moved_at = at
        elif at - self.moved_at > STILL_S:
            self.hero, self.at = Hero(*ball), at
            return
        late = (at - self.at) / TICK_S
        side, up = side_and_up(held)
        hero, best = dataclasses.replace(self.hero), None
        for ticks in range(int(late) + 3):  # as many of the game's ticks as fit the picture best
            wrong = abs(hero.x - ball[0]) + abs(hero.y + sunk - ball[1])
            value = wrong + 2 * abs(ticks - late)
            if best is None or value < best[0]:
                best = (value, wrong, ticks, dataclasses.replace(hero))
            tick(hero, self.floors, side, up)
        _, wrong, ticks, hero = best
        if wrong > LOST:  # not as expected: what was seen says the speed
            span = max(late, 1)
            hero.vx = round(2 * (ball[0] - self.hero.x) / span)
            hero.vy = round((ball[1] - sunk - self.hero.y) / span)
            hero.jump = max(0, 2 * (-hero.vy - 12))
            ticks = late
        elif ticks:  # a key came a tick earlier or later than expected
            hero.vx += round((ball[0] - hero.x) / ticks)
            slower = round((ball[1] - sunk - hero.y) / ticks)
            if slower:
                hero.vy += slower
                hero.jump = max(0, 2 * (-hero.vy - 12))
        hero.x, hero.y = ball
        self.hero = hero
        self.at = min(max(self.at + ticks * TICK_S, at - TICK_S), at)


def is_same(floor, other):
    return floor[0] == other[0] or floor[1] == other[1]


def side_and_up(held):
    return sum(SIDES.get(key, 0) for key in held), "Up" in held


class Hand:
    """Holds what was decided once its delay is over, in the order of the decisions."""

    def __init__(self, keys, options):
        self.keys, self.options = keys, options
        self.random = random.Random(options.seed)
        self.coming = collections.deque()
        self.held = frozenset()

    def want(self, now, held):
        low, high = self.options.delay_ms
        at = now + self.random.uniform(low, high) / 1000
        self.coming.append((max(at, self.coming[-1][0]) if self.coming else at, frozenset(held)))

    def move(self, now):
        while self.coming and self.coming[0][0] <= now:
            self.held = self.coming.popleft()[1]
            self.keys.hold(set(self.held))

    def expected(self, hero, floors, now):
        """The hero when a decision of now arrives."""
        hero = dataclasses.replace(hero)
        for i in range(round(sum(self.options.delay_ms) / 2000 / TICK_S)):
            held = self.held
            for at, keys in self.coming:
                held = keys if at <= now + i * TICK_S else held
            tick(hero, floors, *side_and_up(held))
        return hero

    def release(self):
        self.coming.clear()
        self.held = frozenset()
        self.keys.hold(set())


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fights", type=int, default=20, help="games to play, then end")
    parser.add_argument("--delay-ms", type=float, nargs=2, default=(70, 100), help="of the hand: drawn between these")
    parser.add_argument("--rate", type=float, default=20, help="decisions a second")
    parser.add_argument("--high", type=float, default=100, help="px from the field's top: above that it waits")
    parser.add_argument("--player", choices=("hand", "idle"), default="hand")
    parser.add_argument("--wait", type=float, default=1.5, help="s between games")
    parser.add_argument("--person", action="store_true", help="presses on Xvfb's own keyboard, as a person, not through XTEST's")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    eye = Eye()
    if eye.window is None:
        raise SystemExit("xjump has no window on this display: start it first.")
    hand = Hand(Keys(options.person), options)
    try:
        for number in range(1, options.fights + 1):
            print(json.dumps({"fight": number, "seconds": round(play(options, eye, hand), 2)}), flush=True)
            time.sleep(options.wait)
    finally:
        hand.release()


def play(options, eye, hand):
    """Starts a game where none is on, plays it to its end. Returns its seconds."""
    watch = Watch()
    began = None
    decided_at = pressed_at = 0.0
    while True:
        now = time.monotonic()
        state, ball, floors = eye.look()
        if state == OVER and began is not None:
            hand.release()
            return now - began
        if state != PLAYING and now - pressed_at > 0.7:
            hand.release()
            hand.keys.tap("space")
            pressed_at = time.monotonic()
        elif state == PLAYING:
            began = began or now
            if ball is not None:
                hero, floors = watch.see(now, ball, floors, hand.held)
            if ball is not None and options.player == "hand" and now - decided_at >= 1 / options.rate - LOOK_S / 2:
                side, up = decide(hand.expected(hero, floors, now), floors, options.high, round(1 / options.rate / TICK_S))
                if now - watch.moved_at > STUCK_S and "Up" in hand.held:
                    up = False  # the game did not take the press: again
                hand.want(now, {key for key, value in SIDES.items() if value == side} | ({"Up"} if up else set()))
                decided_at = now
        hand.move(time.monotonic())
        time.sleep(max(0, LOOK_S - (time.monotonic() - now)))


if __name__ == "__main__":
    main()
