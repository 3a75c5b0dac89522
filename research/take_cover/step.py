#!/usr/bin/env python3
"""ViZDoom's take_cover, stepped: the pictures and the demonstrator of play.py, as fast as the engine computes them."""
import atexit
import collections
import os
import pathlib
import shutil
import sys
import tempfile

import vizdoom

sys.path.append(str(pathlib.Path(__file__).resolve().parent))
sys.path.append(str(pathlib.Path(__file__).resolve().parent.parent))
from play import DECIDE_EVERY, TICS_A_SECOND, seen, step_aside
from stepping import serve

DELAY_TICS = 2  # 60 ms, of the demonstrator's eyes
LONGEST = 60 * TICS_A_SECOND
ACTIONS = {"Left": "STEP_LEFT", "Right": "STEP_RIGHT"}


class TakeCover:
    width, height, pixels = 640, 480, "bgra"
    events = {"seconds": {"says": "survived, s", "reward": 0.1}, "lost": {"says": "hit for the last time", "reward": -1}}
    judged_by = "seconds"

    def begin(self, actions, rate):
        self.rate = rate
        game = self.game = vizdoom.DoomGame()
        game.load_config(os.path.join(vizdoom.scenarios_path, "take_cover.cfg"))
        game.set_window_visible(False)
        game.set_mode(vizdoom.Mode.PLAYER)
        game.set_screen_resolution(vizdoom.ScreenResolution.RES_640X480)
        game.set_screen_format(vizdoom.ScreenFormat.BGRA32)
        game.set_render_hud(True)
        game.set_objects_info_enabled(True)
        game.set_available_buttons([vizdoom.Button.MOVE_LEFT, vizdoom.Button.MOVE_RIGHT])
        game.set_episode_timeout(0)
        place = tempfile.mkdtemp()
        os.chdir(place)  # the engine leaves a file of settings where it runs
        atexit.register(shutil.rmtree, place, ignore_errors=True)
        game.init()

    def reset(self, seed):
        self.game.set_seed(seed)
        self.game.new_episode()
        self.tics, self.periods, self.wanted = 0, 0, set()
        self.late = collections.deque(maxlen=1 + DELAY_TICS)
        self.look()

    def look(self):
        state = self.game.get_state()
        self.bytes = state.screen_buffer.tobytes()
        self.late.append(seen(state))
        if len(self.late) == self.late.maxlen and self.tics % DECIDE_EVERY == 0:
            self.wanted = {ACTIONS[key] for key in step_aside(*self.late[0])}

    def step(self, held):
        self.periods += 1
        due = int(self.periods * TICS_A_SECOND / self.rate)
        while self.tics < due:
            self.game.make_action([float("STEP_LEFT" in held), float("STEP_RIGHT" in held)], 1)
            self.tics += 1
            if self.game.is_episode_finished():  # its last picture stays
                return {"seconds": 1 / self.rate, "lost": 1}, "lost"
            self.look()
        return {"seconds": 1 / self.rate}, "ended" if self.tics >= LONGEST else None

    def picture(self):
        return self.bytes

    def demonstrate(self):
        return self.wanted


serve(TakeCover())
