"""Training steps of the study's models in Keras, timed: the other side of bench/train-steps.ts.

Reads lines "MODEL STEPS" on standard input and answers each with a JSON list of milliseconds, one a step.
"""
import json
import os
import sys
import time

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import keras
import numpy as np
import tensorflow as tf
from keras import layers

BATCH = 32
LATENT = 512


def autoencoder():
    picture = layers.Input((72, 128, 1))
    x = picture
    for filters in (32, 64, 128):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2, padding="same")(x)
    x = layers.Dense(LATENT, activation="relu")(layers.Flatten()(x))
    x = layers.Reshape((9, 16, 128))(layers.Dense(9 * 16 * 128, activation="relu")(x))
    for filters in (64, 32):
        x = layers.Conv2DTranspose(filters, 3, padding="same", activation="relu")(layers.UpSampling2D(2)(x))
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(layers.UpSampling2D(2)(x))
    return keras.Model(picture, x)


def head(cell):
    window = layers.Input((10, LATENT))
    x = layers.Dropout(0.3)(cell(128, return_sequences=True)(window))
    return keras.Model(window, layers.Dense(7, activation="sigmoid")(cell(64)(x)))


def prepare(name):
    random = np.random.default_rng(1)
    if name == "autoencoder":
        x = random.random((BATCH, 72, 128, 1), dtype="float32")
        y, model, loss = x, autoencoder(), "mse"
    else:
        x = random.random((BATCH, 10, LATENT), dtype="float32")
        y = (random.random((BATCH, 7)) < 0.3).astype("float32")
        model, loss = head(layers.GRU if name == "gru" else layers.LSTM), "binary_crossentropy"
    model.compile(keras.optimizers.Adam(1e-3), loss=loss)
    # what `fit` runs for each batch: one traced function, without the bookkeeping of train_on_batch
    step = model.make_train_function() or model.train_function
    return lambda: step(iter([(x, y)]))


prepared = {}
for line in sys.stdin:
    name, steps = line.split()
    if name not in prepared:
        prepared[name] = prepare(name)
    took = []
    for _ in range(int(steps)):
        began = time.perf_counter()
        result = prepared[name]()
        float(np.asarray(result["loss"]))  # a step whose result is not read takes no time
        took.append(1000 * (time.perf_counter() - began))
    print(json.dumps(took), flush=True)
