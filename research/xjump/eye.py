"""What the picture of xjump in its `ion` theme shows: the ball, the floors, and whether a game is on. Pixels, and nothing else."""
from Xlib import X, display, error

import numpy as np

from tower import CELL, HEIGHT, WIDTH

FIELD = (16, 122)  # px of the window where the field begins, with the fonts of game/xjump.resources
BRIGHT = 153  # only the ball is brighter than that
BALL = (4, 7)  # px from the ball's corner to its first bright pixel
FLOOR = 152  # the top of a floor
LEAST_CELLS = 2  # of the five to nine of a floor, where the ball hides three
WALL = (14, 152)  # a column of the left wall, and its gray
MENU, OVER, PLAYING = "menu", "over", "playing"


class Eye:
    def __init__(self):
        self.display = display.Display()
        self.window = find_window(self.display.screen().root)

    def look(self):
        """(what is on, (x, y) of the ball or None, floors as in tower.py)."""
        data = self.window.get_image(*FIELD, WIDTH, HEIGHT, X.ZPixmap, 0xFFFFFFFF).data
        picture = np.frombuffer(data, np.uint8).reshape(HEIGHT, WIDTH, 4)
        if picture[1, WALL[0], 1] != WALL[1]:
            return MENU, None, {}
        if (picture[64:140:4, 150:350:2, 0].astype(int) - picture[64:140:4, 150:350:2, 1] > 100).any():
            return OVER, None, {}  # its frame is blue, and nothing else is
        return PLAYING, ball(picture[:, CELL : WIDTH - CELL, 1]), floors(picture)


def ball(gray):
    bright = gray > BRIGHT
    rows = np.flatnonzero(bright.any(axis=1))
    if len(rows) < 4:
        return None
    columns = np.flatnonzero(bright[rows[0] : rows[-1] + 1].any(axis=0))
    return int(columns[0]) + CELL - BALL[0], int(rows[0]) - BALL[1]


def floors(picture):
    found = {}
    for row in range(0, HEIGHT, CELL):
        is_floor = (picture[row + 1, :, 1] == FLOOR).reshape(-1, CELL).all(axis=1)  # the ball, which hides three, makes none
        cells = np.flatnonzero(is_floor[1:-1]) + 1
        if len(cells) >= LEAST_CELLS:
            found[row] = (int(cells[0]) * CELL, int(cells[-1]) * CELL + CELL - 1)
    return found


def find_window(root):
    """The window with xjump's field: the largest one of that name."""
    for child in root.query_tree().children:
        try:
            name = child.get_wm_name()
        except (UnicodeDecodeError, error.BadWindow):
            name = None
        if name == "xjump":
            return child
        found = find_window(child)
        if found is not None:
            return found
    return None
