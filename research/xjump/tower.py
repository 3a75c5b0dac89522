"""How xjump moves its hero, in the game's own ticks of 25 ms: what a hand that knows the game expects to happen next.

Positions are px of the field (512 x 384), of the top left corner of the hero's 32 x 32 px; speeds are px a tick, the sideways one
in halves. `floors` maps the row where a floor's top is to its left and right end.
"""
import dataclasses

TICK_S = 0.025
WIDTH, HEIGHT = 512, 384
CELL = 16
STOREY = 5 * CELL  # from a floor to the next
SIDES = (CELL, WIDTH - 3 * CELL)  # of the hero, between the walls
FASTEST = 32
FALLS_AT_MOST = 16


@dataclasses.dataclass
class Hero:
    x: int
    y: int
    vx: int = 0
    vy: int = 0
    jump: int = 0  # how many ticks of a held key still lift it

    @property
    def feet(self):
        return self.y + 2 * CELL

    @property
    def middle(self):
        return self.x + CELL


def under(hero, floors):
    """The row of the floor it stands on, or None."""
    row = hero.feet // CELL * CELL
    ends = floors.get(row) if hero.vy >= 0 else None
    return row if ends is not None and ends[0] < hero.x + 24 and hero.x + 8 < ends[1] else None


def tick(hero, floors, side, up):
    """One tick with the keys held: `side` is -1, 0 or 1. Returns the row that it came down on, or None."""
    hero.x += int(hero.vx / 2)
    hero.y += hero.vy
    if not SIDES[0] <= hero.x <= SIDES[1]:
        hero.x = min(max(hero.x, SIDES[0]), SIDES[1])
        hero.vx = int(-hero.vx / 2)
    row = under(hero, floors)
    stands = row is not None
    push = 3 if stands else 2
    if stands:
        hero.y = hero.y // CELL * CELL
        hero.vy = 0
        if up:
            hero.jump = abs(hero.vx) // 4 + 7
            hero.vy = -(hero.jump // 2) - 12
            stands = False
    if side:
        hero.vx = min(max(hero.vx + side * push, -FASTEST), FASTEST)
    elif stands:
        hero.vx = 0 if abs(hero.vx) < 3 else hero.vx - 3 if hero.vx > 0 else hero.vx + 3
    if not stands:
        if hero.jump:
            hero.vy = -(hero.jump // 2) - 12
            hero.jump = hero.jump - 1 if up else 0
        else:
            hero.vy = min(FALLS_AT_MOST, hero.vy + 2)
    return row


def steer(hero, left, right, stands):
    """The side to hold so that its middle comes to rest between left and right."""
    stops_at = hero.middle + hero.vx * abs(hero.vx) / (12 if stands else 8)
    if stops_at < left:
        return 1
    if stops_at > right:
        return -1
    if stands:
        return 0
    return -1 if hero.vx > 3 else 1 if hero.vx < -3 else 0  # in the air nothing else slows it
