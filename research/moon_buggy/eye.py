"""Reads the letters of a terminal off the pixels of its window: each place is compared with the font's own letters."""
import re

from Xlib import X, display, error

import numpy as np

FONT = "fixed"  # that of game/xterm.resources
COLUMNS, ROWS = 32, 12
CELL = (6, 13)  # px of a letter
ASCENT = 11
BORDER = 2
LETTERS = bytes(range(32, 127))

BUGGY = COLUMNS - 12  # the column where it begins; it is seven wide
WHOLE = re.compile(r"\(.\).\(.\)")  # its lower row, until it is wrecked
SOIL = ROWS - 4  # the row with the craters; wheels roll on the row above
HIGHEST = ROWS - 7  # the row of the wheels at the top of a jump
SCORE = re.compile(r"score: (\d+)")


class Eye:
    def __init__(self):
        self.display = display.Display()
        self.window = find_window(self.display.screen().root)
        self.letters = self.learn() if self.window is not None else {}

    def learn(self):
        """How each letter looks: draws them all, unseen, and looks at that."""
        width, height = CELL[0] * len(LETTERS), CELL[1]
        sheet = self.window.create_pixmap(width, height, self.display.screen().root_depth)
        pen = sheet.create_gc(font=self.display.open_font(FONT), foreground=0xFFFFFF, background=0)
        sheet.image_text(pen, 0, ASCENT, LETTERS)
        looks = cells(pixels(sheet, 0, 0, width, height))
        return {look: chr(letter) for letter, look in zip(LETTERS, looks[0])}

    def look(self):
        """The terminal's rows as text; anything else is `?`. None: nothing can be seen."""
        try:
            picture = pixels(self.window, BORDER, BORDER, COLUMNS * CELL[0], ROWS * CELL[1])
        except error.XError:
            return None
        return ["".join(self.letters.get(look, "?") for look in row) for row in cells(picture)]


def pixels(drawable, x, y, width, height):
    data = drawable.get_image(x, y, width, height, X.ZPixmap, 0xFFFFFFFF).data
    return np.frombuffer(data, np.uint8).reshape(height, width, 4)[:, :, 1] > 127


def cells(picture):
    """Rows of cells, each as bytes that are equal where the cells are."""
    rows, columns = picture.shape[0] // CELL[1], picture.shape[1] // CELL[0]
    grid = picture.reshape(rows, CELL[1], columns, CELL[0]).swapaxes(1, 2).reshape(rows, columns, -1)
    return [[cell.tobytes() for cell in row] for row in np.packbits(grid, axis=2)]


def is_driving(rows):
    """Whether the buggy is whole, on the ground or above it. It is wrecked, or not there, where it is not."""
    return any(WHOLE.match(rows[row], BUGGY) for row in range(HIGHEST, SOIL))


def score(rows):
    found = SCORE.search(rows[-1])
    return int(found[1]) if found else None


def find_window(root):
    """The terminal with the game: the window of that title."""
    for child in root.query_tree().children:
        try:
            title = child.get_wm_name()
        except (UnicodeDecodeError, error.BadWindow):
            title = None
        if title == "moon-buggy":
            return child
        found = find_window(child)
        if found is not None:
            return found
    return None
