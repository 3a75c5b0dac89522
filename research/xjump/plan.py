"""Decides what to hold: waits where it stands high, jumps when the next floor can be reached, steers onto it."""
import dataclasses

from tower import CELL, HEIGHT, steer, tick, under

INNER = 20  # px from the ends of a floor: where it aims to come to rest
LEAST_ROOM = 14  # px from the ends where a landing counts as safe
EDGE = 6  # px from the end of a floor: as far as it walks
LOOK_AHEAD = 60  # ticks


def decide(hero, floors, high, held_ticks):
    """(side, up) for the next `held_ticks`. `high`: above this row of px it stands and waits."""
    row = under(hero, floors) if hero.vy == 0 and hero.feet % CELL == 0 else None
    return in_the_air(hero, floors, held_ticks) if row is None else on_a_floor(hero, floors, row, high, held_ticks)


def on_a_floor(hero, floors, row, high, held_ticks):
    left, right = floors[row]
    above = [other for other in floors if other < row]
    if not above or hero.y < high:
        return steer(hero, left + 24, right - 24, True), False
    goal = max(above)
    jumps = []
    for side in (0, -1, 1):
        came_down, room, speed = jump(hero, floors, goal, side, True, held_ticks)
        if came_down == goal and room >= LEAST_ROOM:
            jumps.append((min(room, 40) - 0.7 * speed - 3 * abs(side), side))
    if jumps:
        return max(jumps)[1], True
    if sum(floors[goal]) / 2 < hero.middle:  # to the end that is nearer to it
        return steer(hero, left + EDGE, left + EDGE + 12, True), False
    return steer(hero, right - EDGE - 12, right - EDGE, True), False


def in_the_air(hero, floors, held_ticks):
    """Steers onto the highest floor that it can still reach; the least bad one where it can reach none well."""
    up = hero.vy < 0
    rises = hero.vy**2 / 4 + (60 if hero.jump else 0) if up else 0
    best = None
    for goal in sorted(floors):
        if goal < hero.feet - rises:
            continue
        for side in (0, -1, 1):
            came_down, room, speed = jump(hero, floors, goal, side, up, held_ticks)
            if came_down != goal:
                continue
            value = min(room, 40) - 0.7 * speed - 2 * abs(side)
            best = max(best or (value, side), (value, side))
        if best is not None and best[0] > -20:
            break
    return (0 if best is None else best[1]), up


def jump(hero, floors, goal, side, up, held_ticks):
    """Plays these keys, then steers onto `goal`: (row where it comes down or None, px to its nearer end, speed there)."""
    hero = dataclasses.replace(hero)
    left, right = floors[goal]
    has_left = False
    for now in range(LOOK_AHEAD):
        early = now < held_ticks
        toward = side if early else steer(hero, left + INNER, right - INNER, False)
        row = tick(hero, floors, toward, up if early else hero.vy < 0)
        if row is None:
            has_left = True
        elif has_left:
            return row, min(hero.middle - left, right - hero.middle) + 8, abs(hero.vx)
        if hero.y > HEIGHT:
            break
    return None, 0, 0
