#!/usr/bin/env python3
"""The score of the fight that just ended: the last line that play.py wrote."""
import json
import pathlib
import time

time.sleep(0.3)  # it writes when its last frame is shown
lines = (pathlib.Path(__file__).resolve().parent / "scores.jsonl").read_text().splitlines()
print(json.dumps({"score": json.loads(lines[-1])["score"]}))
