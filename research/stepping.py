"""The other end of the conversation by which a game is stepped: docs/stepped-games.md describes it.

A game has `width`, `height`, `pixels`, `events`, and perhaps `judged_by` and `demonstrator`; `begin(actions, rate)`, `reset(seed)`,
and `step(held)`, which returns what happened in the period and the outcome, or None. `picture()` gives its bytes, and
`demonstrate()` what its demonstrator would hold from now on.
"""
import json
import os
import sys


def serve(game):
    """Answers until the input ends."""
    answers = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)  # what the game prints must not get into the answers
    for line in sys.stdin:
        asked = json.loads(line)
        if "understudy" in asked:
            game.begin(asked["actions"], asked["rateHz"])
            is_asked = asked["demonstrate"] and hasattr(game, "demonstrate")
            say(answers, describe(game))
        elif "reset" in asked:
            game.reset(asked["reset"])
            say(answers, demonstrated(game, {}, is_asked), game.picture())
        else:
            events, outcome = game.step(set(asked["hold"]))
            said = {"events": events, "outcome": outcome}
            say(answers, demonstrated(game, said, is_asked), game.picture())


def describe(game):
    described = {"width": game.width, "height": game.height, "pixels": game.pixels, "events": game.events}
    if hasattr(game, "judged_by"):
        described["judgedBy"] = game.judged_by
    if hasattr(game, "demonstrate"):
        described["demonstrator"] = True
    return described


def demonstrated(game, said, is_asked):
    if is_asked:
        said["demonstrator"] = sorted(game.demonstrate())
    return said


def say(answers, said, picture=b""):
    whole = memoryview(json.dumps(said).encode() + b"\n" + picture)
    while whole:
        whole = whole[answers.write(whole):]
