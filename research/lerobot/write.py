#!/usr/bin/env python3
"""Writes a set with Python's lerobot: two episodes of a square that jumps, in its usual video codec (AV1).

    python3 write.py <new folder>
"""
import pathlib
import sys

import numpy as np
from lerobot.datasets.lerobot_dataset import LeRobotDataset

root = pathlib.Path(sys.argv[1])
features = {
    "observation.images.top": {"dtype": "video", "shape": (96, 128, 3), "names": ["height", "width", "channels"]},
    "observation.state": {"dtype": "float32", "shape": (2,), "names": ["x", "y"]},
    "action": {"dtype": "float32", "shape": (3,), "names": ["jump", "left", "fire"]},
}
data = LeRobotDataset.create("local/squares", fps=15, root=root, features=features, robot_type="square")
for episode in range(2):
    for k in range(40 + 5 * episode):
        picture = np.full((96, 128, 3), (30, 60, 90), np.uint8)
        picture[20:50, 3 * k % 100 : 3 * k % 100 + 20] = (220, 120, 60)
        held = [float(k % 7 < 3), float(k % 5 == 1), float(episode)]
        data.add_frame(
            {
                "observation.images.top": picture,
                "observation.state": np.array([k, 20], np.float32),
                "action": np.array(held, np.float32),
                "task": "Jump.",
            }
        )
    data.save_episode()
data.finalize()
print(f"{data.num_episodes} episodes, {data.num_frames} frames in {root}")
