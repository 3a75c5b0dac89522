"""The usual loop of a Keras agent: mss grabs, OpenCV shrinks, Keras decides, pynput presses. Not paced, as such loops are.

Written for comparison with understudy's loop on the same window. A flash on the screen is answered with the key 'f', while
the whole model runs on every picture. --calls naive uses Model.predict, as most do; --calls tuned compiles both models once
for one fixed shape (tf.function) on two threads.

Prints "ready", then, after SIGTERM, one JSON line: milliseconds of each step of each iteration, and the CPU it took.
"""
import argparse
import json
import os
import resource
import signal
import sys
import time

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import cv2
import keras
import mss
import numpy as np
import tensorflow as tf
from pynput.keyboard import Controller

WINDOW = 10
WARMUP = 30

parser = argparse.ArgumentParser()
parser.add_argument("--models", required=True, help="folder of encoder.keras and head.keras")
parser.add_argument("--calls", choices=["naive", "tuned"], required=True)
parser.add_argument("--region", required=True, help="left,top,width,height of the window on the screen")
arguments = parser.parse_args()
left, top, width, height = (int(part) for part in arguments.region.split(","))
region = {"left": left, "top": top, "width": width, "height": height}

if arguments.calls == "tuned":
    tf.config.threading.set_intra_op_parallelism_threads(2)
    tf.config.threading.set_inter_op_parallelism_threads(1)
encoder = keras.models.load_model(os.path.join(arguments.models, "encoder.keras"), compile=False)
head = keras.models.load_model(os.path.join(arguments.models, "head.keras"), compile=False)
latents = head.input_shape[-1]

if arguments.calls == "naive":

    def encode(picture):
        return encoder.predict(picture, verbose=0)[0]

    def decide(window):
        return head.predict(window, verbose=0)[0]

    def shrink(shot):
        return cv2.cvtColor(cv2.resize(shot[:, :, :3], (128, 72)), cv2.COLOR_BGR2GRAY)

else:
    encode_graph = tf.function(
        lambda x: encoder(x, training=False), input_signature=[tf.TensorSpec((1, 72, 128, 1), tf.float32)]
    )
    head_graph = tf.function(
        lambda x: head(x, training=False), input_signature=[tf.TensorSpec((1, WINDOW, latents), tf.float32)]
    )

    def encode(picture):
        return encode_graph(tf.constant(picture)).numpy()[0]

    def decide(window):
        return head_graph(tf.constant(window)).numpy()[0]

    def shrink(shot):  # without the slice, which costs a copy of the whole picture (5 ms)
        return cv2.cvtColor(cv2.resize(shot, (128, 72)), cv2.COLOR_BGRA2GRAY)


running = True


def stop(*_):
    global running
    running = False


signal.signal(signal.SIGTERM, stop)
keyboard = Controller()
window = np.zeros((1, WINDOW, latents), np.float32)
steps = {"capture": [], "preprocess": [], "encode": [], "head": [], "act": [], "tick": []}
held = False
iterations = 0
cpu_at_warm = None

with mss.mss() as screen:
    while running:
        began = time.perf_counter()
        shot = np.asarray(screen.grab(region))
        grabbed = time.perf_counter()
        gray = shrink(shot)
        picture = (gray.astype(np.float32) / 255.0)[None, :, :, None]
        prepared = time.perf_counter()
        window[0, :-1] = window[0, 1:]
        window[0, -1] = encode(picture)
        encoded = time.perf_counter()
        decide(window)
        decided = time.perf_counter()
        bright = shot[height // 2, width // 2, 1] > 127
        if bright != held:
            (keyboard.press if bright else keyboard.release)("f")
            held = bright
        done = time.perf_counter()
        iterations += 1
        if iterations == WARMUP:
            usage = resource.getrusage(resource.RUSAGE_SELF)
            cpu_at_warm = (usage.ru_utime + usage.ru_stime, done)
            print("ready", flush=True)
        if iterations > WARMUP:
            for name, ms in zip(
                steps,
                (grabbed - began, prepared - grabbed, encoded - prepared, decided - encoded, done - decided, done - began),
            ):
                steps[name].append(round(ms * 1000, 4))

if held:
    keyboard.release("f")
usage = resource.getrusage(resource.RUSAGE_SELF)
seconds = usage.ru_utime + usage.ru_stime - cpu_at_warm[0]
print(json.dumps({"ms": steps, "cpuMsPerTick": 1000 * seconds / max(1, iterations - WARMUP), "versions": {
    "python": sys.version.split()[0], "keras": keras.__version__, "tensorflow": tf.__version__, "opencv": cv2.__version__,
    "mss": mss.__version__,
}}), flush=True)
