#!/usr/bin/env python3
"""ViZDoom's take_cover in a window of its own, never paused, and a demonstrator that steps out of the fireballs' way.

The engine runs by itself at 35 tics a second; Left and Right are any player's. Each fight prints a line of JSON.
"""
import argparse
import collections
import json
import os
import pathlib
import sys
import tempfile
import time

import vizdoom

sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from keys import Coach, Keys

TICS_A_SECOND = 35
DECIDE_EVERY = 2  # tics
KEYS = {"leftarrow": "+moveleft", "rightarrow": "+moveright"}

# of the demonstrator, in the game's units: 78 is a fireball's reach and the player's together
REACH = 78
SOON = 60  # tics: what arrives later does not matter yet
FIRM = 0.35  # the least push that a key is worth
MIDDLE, HOMESICK = 384, 6000


def open_game(seed):
    game = vizdoom.DoomGame()
    game.load_config(os.path.join(vizdoom.scenarios_path, "take_cover.cfg"))
    game.set_window_visible(True)
    game.set_mode(vizdoom.Mode.ASYNC_SPECTATOR)
    game.set_screen_resolution(vizdoom.ScreenResolution.RES_640X480)
    game.set_render_hud(True)  # the cues look at its panel and its face
    game.set_objects_info_enabled(True)
    game.set_seed(seed)
    os.chdir(tempfile.mkdtemp())  # the engine leaves a file of settings where it runs
    game.init()
    for key, command in KEYS.items():
        game.send_game_command(f"bind {key} {command}")
    return game


def seen(state):
    """Where the player stands and which fireballs fly: (x, y), [(x, y, vx, vy)]. The player looks along x, left is y."""
    player, balls = None, []
    for thing in state.objects:
        if thing.name == "DoomPlayer":
            player = (thing.position_x, thing.position_y)
        elif "Ball" in thing.name and abs(thing.velocity_x) >= 0.5:
            balls.append((thing.position_x, thing.position_y, thing.velocity_x, thing.velocity_y))
    return player, balls


def step_aside(player, balls):
    """Which key to hold: away from where each fireball will cross the player's line, the sooner and the nearer the more."""
    if player is None:
        return set()
    push = (MIDDLE - player[1]) / HOMESICK
    for x, y, vx, vy in balls:
        tics = (player[0] - x) / vx
        if not 0 < tics < SOON:
            continue
        side = player[1] - (y + vy * tics)
        strength = max(0, REACH - abs(side)) / (6 + tics)
        push += strength if side >= 0 else -strength
    return {"Left"} if push > FIRM else {"Right"} if push < -FIRM else set()


def play(game, keys, options):
    """One fight. Returns how long it lasted, s."""
    late = collections.deque(maxlen=1 + round(options.delay_ms / 1000 * TICS_A_SECOND))
    game.new_episode()
    if isinstance(keys, Coach):
        keys.begin()
    began = time.monotonic()
    tic = 0
    while not game.is_episode_finished() and time.monotonic() - began < options.longest:
        state = game.get_state()
        if state is not None and keys is not None:
            late.append(seen(state))
            if len(late) == late.maxlen and tic % DECIDE_EVERY == 0:
                keys.hold(step_aside(*late[0]))
        game.advance_action()
        tic += 1
    if keys is not None:
        keys.hold(set())
    return time.monotonic() - began


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--fights", type=int, default=20)
    parser.add_argument("--demonstrator", action="store_true", help="plays itself; otherwise the keys are another player's")
    parser.add_argument("--coach", action="store_true", help="takes over from another player again and again")
    parser.add_argument("--delay-ms", type=float, default=60, help="of the demonstrator's eyes")
    parser.add_argument("--longest", type=float, default=60, help="s, of a fight")
    parser.add_argument("--wait", type=float, default=1.5, help="s between fights")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    keys = Keys(person=True) if options.demonstrator or options.coach else None
    if options.coach:
        keys = Coach(keys, options.seed)
    game = open_game(options.seed)
    for number in range(1, options.fights + 1):
        seconds = play(game, keys, options)
        print(json.dumps({"fight": number, "seconds": round(seconds, 2), "tics": int(game.get_total_reward())}), flush=True)
        time.sleep(options.wait)


if __name__ == "__main__":
    main()
