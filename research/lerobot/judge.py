#!/usr/bin/env python3
"""Loads a set that `session export --lerobot` wrote with Python's lerobot, and compares it with the session's own values.

    python3 judge.py <set> <expected.json> [--train]

expected.json has `episodes`: for each the action rows, and of some frames the mean red, green and blue of the picture.
Prints what it checked, and fails on the first difference. With --train a policy is trained for one step.
"""
import argparse
import json
import pathlib

import numpy as np
import torch
from lerobot.datasets.lerobot_dataset import LeRobotDataset

parser = argparse.ArgumentParser()
parser.add_argument("set", type=pathlib.Path)
parser.add_argument("expected", type=pathlib.Path)
parser.add_argument("--train", action="store_true")
asked = parser.parse_args()
expected = json.loads(asked.expected.read_text())

for backend in ("torchcodec", "pyav"):
    data = LeRobotDataset("local/understudy", root=asked.set, video_backend=backend)
    assert data.num_episodes == len(expected["episodes"]), data.num_episodes
    at = 0
    pictures = 0
    worst = 0.0
    for number, episode in enumerate(expected["episodes"]):
        for k, row in enumerate(episode["action"]):
            plain = data.hf_dataset[at + k]
            assert plain["action"].tolist() == row, (number, k)
            assert plain["episode_index"] == number and plain["frame_index"] == k and plain["index"] == at + k
            assert abs(float(plain["timestamp"]) - k / data.fps) < 1e-4
            assert bool(plain["next.done"]) == (k == len(episode["action"]) - 1)
            assert bool(plain["intervention"]) == episode["intervention"][k]
            assert bool(plain["next.success"]) == (episode["won"] and k == len(episode["action"]) - 1)
        for k, cameras in episode["pictures"].items():
            item = data[at + int(k)]
            assert item["task"] == expected["task"]
            for camera, rgb in cameras.items():
                mean = item[camera].mean(dim=(1, 2)).numpy() * 255
                worst = max(worst, float(np.abs(mean - np.array(rgb)).max()))
                pictures += 1
        at += len(episode["action"])
    assert at == data.num_frames
    assert worst < 3, worst
    print(f"{backend}: {data.num_episodes} episodes, {at} frames equal; {pictures} pictures, mean colours within {worst:.2f} of 255")

if asked.train:
    from lerobot.configs.types import FeatureType
    from lerobot.datasets.utils import dataset_to_policy_features
    from lerobot.policies.act.configuration_act import ACTConfig
    from lerobot.policies.act.modeling_act import ACTPolicy
    from lerobot.policies.factory import make_pre_post_processors

    camera = "observation.images.game"
    features = dataset_to_policy_features(data.meta.features)
    config = ACTConfig(
        input_features={camera: features[camera]},
        output_features={"action": features["action"]},
        chunk_size=4,
        n_action_steps=4,
        dim_model=64,
        n_heads=2,
        dim_feedforward=64,
        n_encoder_layers=1,
        pretrained_backbone_weights=None,
        use_vae=False,
        device="cpu",
    )
    assert features["action"].type is FeatureType.ACTION
    policy = ACTPolicy(config)
    before, _ = make_pre_post_processors(config, dataset_stats=data.meta.stats)
    steps = {"action": [i / data.fps for i in range(4)]}
    chunked = LeRobotDataset("local/understudy", root=asked.set, delta_timestamps=steps)
    batch = next(iter(torch.utils.data.DataLoader(chunked, batch_size=2, shuffle=True)))
    inputs = before(batch)
    inputs["observation.state"] = torch.zeros(2, 1)  # ACT asks it for the device, also where it takes no state
    loss, _ = policy.forward(inputs)
    loss.backward()
    torch.optim.Adam(policy.parameters(), 1e-4).step()
    print(f"ACT: one step, loss {loss.item():.3f}, action chunk {tuple(batch['action'].shape)}")
