"""Reference cases for the tests, answered by Keras, OpenCV and scikit-learn: `fixtures.py SEED FOLDER`.

Run it through `npm run make fixtures`. Arrays become raw little-endian files; manifest.json names them with dtype and shape,
and lists the cases: what goes in, and what the reference answers.
"""
import json
import os
import sys
from pathlib import Path

os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
import cv2
import keras
import numpy as np
import sklearn
import tensorflow as tf
from keras import layers
from sklearn import metrics

LATENT = 16
ACTIONS = ["UP", "DOWN", "LEFT", "RIGHT", "JUMP", "SHOOT", "DASH"]
SIZES = [(1280, 720), (1278, 695), (640, 360), (720, 403), (1920, 1080)]


class Cases:
    """What is written: one manifest, one file an array or a model."""

    def __init__(self, seed, folder):
        self.folder = Path(folder)
        self.folder.mkdir(parents=True, exist_ok=True)
        self.random = np.random.default_rng(seed)
        keras.utils.set_random_seed(seed)
        versions = {"keras": keras.__version__, "tensorflow": tf.__version__, "opencv": cv2.__version__}
        versions["scikit-learn"] = sklearn.__version__
        self.manifest = {"seed": seed, "versions": versions, "arrays": {}, "cases": {}}

    def array(self, name, values):
        values = np.ascontiguousarray(values)
        values.tofile(self.folder / f"{name}.bin")
        entry = {"file": f"{name}.bin", "dtype": str(values.dtype), "shape": list(values.shape)}
        self.manifest["arrays"][name] = entry
        return name

    def model(self, file, model):
        model.save(self.folder / file)
        return file

    def case(self, name, **fields):
        self.manifest["cases"][name] = fields

    def finish(self):
        (self.folder / "manifest.json").write_text(json.dumps(self.manifest, indent=1))


def with_biases(cases, model):
    """Biases off zero: one that is dropped or swapped shows."""
    weights = [
        w + cases.random.normal(0, 0.05, w.shape).astype("float32") if w.ndim == 1 else w for w in model.get_weights()
    ]
    model.set_weights(weights)
    return model


def convolve(x):
    for filters in (32, 64, 128):
        x = layers.Conv2D(filters, 3, padding="same", activation="relu")(x)
        x = layers.MaxPooling2D(2, padding="same")(x)
    return x


def advanced_autoencoder():
    picture = layers.Input((72, 128, 1))
    latent = layers.Dense(LATENT, activation="relu", name="latent")(layers.Flatten()(convolve(picture)))
    x = layers.Reshape((9, 16, 128))(layers.Dense(9 * 16 * 128, activation="relu")(latent))
    for filters in (64, 32):
        x = layers.Conv2DTranspose(filters, 3, padding="same", activation="relu")(layers.UpSampling2D(2)(x))
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(layers.UpSampling2D(2)(x))
    return keras.Model(picture, x), keras.Model(picture, latent)


def baseline_autoencoder():
    picture = layers.Input((72, 128, 1))
    latent = x = convolve(picture)
    for filters in (128, 64, 32):
        x = layers.UpSampling2D(2)(layers.Conv2DTranspose(filters, 3, padding="same", activation="relu")(x))
    x = layers.Conv2D(1, 3, padding="same", activation="sigmoid")(x)
    return keras.Model(picture, x), keras.Model(picture, latent)


def head(cell, dropout):
    layer = {"gru": layers.GRU, "lstm": layers.LSTM}[cell]
    window = layers.Input((10, LATENT))
    x = layer(128, return_sequences=True, name=cell)(window)
    x = layer(64, name=f"{cell}_1")(layers.Dropout(dropout, name="dropout")(x))
    return keras.Model(window, layers.Dense(7, activation="sigmoid", name="actions")(x))


def focal_loss(gamma=2.0, alpha=0.25):
    """The study's: one number for the batch, so that sample weights scale the whole batch."""

    def loss(labels, probabilities):
        p = tf.clip_by_value(probabilities, 1e-7, 1 - 1e-7)
        pressed = tf.equal(labels, 1.0)
        of_truth = tf.where(pressed, p, 1 - p)
        weight = tf.where(pressed, alpha, 1 - alpha)
        each = -weight * tf.pow(1 - of_truth, gamma) * tf.math.log(of_truth)
        return tf.reduce_mean(tf.reduce_sum(each, axis=1))

    return loss


def pictures(cases):
    """Gradients, shapes and a corner of noise at each size, and OpenCV's 128x72 grays of them."""
    grays = []
    for place, (width, height) in enumerate(SIZES):
        ramp = np.linspace(0, 255, width)[None, :] * np.ones((height, 1))
        waves = 127 + 127 * np.sin((np.arange(width)[None, :] - 2 * np.arange(height)[:, None]) / (7 + 6 * place))
        picture = np.stack([ramp, np.flipud(ramp), waves], axis=-1).astype(np.uint8)
        for _ in range(50):
            colour = tuple(int(value) for value in cases.random.integers(0, 256, 3))
            at = (int(cases.random.integers(0, width)), int(cases.random.integers(0, height)))
            if cases.random.random() < 0.5:
                cv2.circle(picture, at, int(cases.random.integers(3, 50)), colour, -1)
            else:
                size = cases.random.integers(4, 110, 2)
                cv2.rectangle(picture, at, (at[0] + int(size[0]), at[1] + int(size[1])), colour, -1)
        rows, columns = height // 5, width // 5
        picture[-rows:, -columns:] = cases.random.integers(0, 256, (rows, columns, 3))
        name = f"{width}x{height}"
        cv2.imwrite(str(cases.folder / f"frame-{name}.png"), picture)
        gray = cv2.cvtColor(cv2.resize(picture, (128, 72)), cv2.COLOR_BGR2GRAY)
        cases.case(f"preprocess-{name}", image=f"frame-{name}.png", gray_u8=cases.array(f"gray-{name}", gray))
        grays.append(gray)
    return np.stack(grays)[..., None].astype("float32") / np.float32(255)


def answers(cases, images):
    """Models, inputs and what Keras predicts."""

    def ask(name, model, file, source, values, output):
        answer = cases.array(output, model.predict(values, verbose=0))
        cases.case(name, keras=cases.model(file, model), input=source, output=answer)

    cases.array("images", images)
    whole, encoder = advanced_autoencoder()
    with_biases(cases, whole)
    ask("encoder", encoder, f"encoder-{LATENT}.keras", "images", images, "latents")
    ask("autoencoder", whole, f"autoencoder-{LATENT}.keras", "images", images, "reconstructions")
    whole, encoder = baseline_autoencoder()
    with_biases(cases, whole)
    ask("baseline-encoder", encoder, "baseline-encoder.keras", "images", images, "baseline-latents")
    ask("baseline-autoencoder", whole, "baseline-autoencoder.keras", "images", images, "baseline-reconstructions")
    windows = np.maximum(0, cases.random.normal(0.3, 0.6, (8, 10, LATENT))).astype("float32")
    cases.array("sequences", windows)
    for cell in ("gru", "lstm"):
        model = with_biases(cases, head(cell, 0.3))
        ask(cell, model, f"{cell}-{LATENT}.keras", "sequences", windows, f"probabilities-{cell}")


def losses(cases):
    """Keras' value of each loss, without and with sample weights."""
    held = (cases.random.random((32, 7)) < [0.4, 0.02, 0.1, 0.1, 0.06, 0.85, 0.03]).astype("float32")
    guessed = cases.random.uniform(0, 1, (32, 7)).astype("float32")
    guessed[1, :2] = (1.0, 0.0)  # the clipping of probabilities is seen
    weights = np.where(cases.random.random(32) < 0.3, 6.0, 1.0).astype("float32")
    names = {"y_true": held, "y_pred": guessed, "sample_weight": weights}
    named = {name: cases.array(name, values) for name, values in names.items()}
    for name, loss in (("focal", focal_loss()), ("bce", "binary_crossentropy")):
        probabilities = layers.Input((7,))
        model = keras.Model(probabilities, layers.Activation("linear")(probabilities))
        model.compile(loss=loss)
        value = lambda **more: float(model.evaluate(guessed, held, batch_size=32, verbose=0, **more))
        extra = {}
        if name == "focal":
            extra["per_sample"] = [float(focal_loss()(held[i : i + 1], guessed[i : i + 1])) for i in range(32)]
        cases.case(f"loss-{name}", **named, unweighted=value(), weighted=value(sample_weight=weights), **extra)


def steps(cases, images):
    """From given weights, the loss of each Adam step and the output at the end; no dropout."""
    x = np.maximum(0, cases.random.normal(0.3, 0.6, (20, 32, 10, LATENT))).astype("float32")
    y = (cases.random.random((20, 32, 7)) < 0.3).astype("float32")
    y[..., 5] = x[:, :, -1, :4].sum(-1) > 1.6  # something that can be learned
    w = np.where(y[..., 4] + y[..., 6] > 0, 6.0, 1.0).astype("float32")
    arrays = {"x": cases.array("train_x", x), "y": cases.array("train_y", y), "sample_weight": cases.array("train_w", w)}

    def train(name, model, loss, batches, probe, **fields):
        start = cases.model(f"train-{name}-start.keras", model)
        model.compile(keras.optimizers.Adam(1e-3), loss=loss)
        values = []
        for inputs, wanted, weights in batches:
            values.append(float(model.train_on_batch(inputs, wanted, sample_weight=weights)))
            model.reset_metrics()  # Keras answers the mean since the last reset
        end = cases.array(f"train-{name}-end", model.predict(probe, verbose=0))
        cases.case(f"train-{name}", start=start, **fields, loss_by_step=values, end_output=end)

    for cell in ("gru", "lstm"):
        for name, loss in (("bce", "binary_crossentropy"), ("focal", focal_loss())):
            train(f"{cell}-{name}", with_biases(cases, head(cell, 0.0)), loss, zip(x, y, w), x[0], **arrays)
    for name, make in (("autoencoder", advanced_autoencoder), ("baseline-autoencoder", baseline_autoencoder)):
        train(name, make()[0], "mse", [(images, images, None)] * 10, images, x="images")


def scores(cases):
    """scikit-learn's report of labels in which one action never occurs and another is never predicted."""
    held = (cases.random.random((600, 7)) < [0.37, 0.0, 0.05, 0.06, 0.04, 0.85, 0.01]).astype(np.uint8)
    guessed = np.where(cases.random.random(held.shape) < 0.05, 1 - held, held).astype(np.uint8)
    guessed[:, 6] = 0
    f1 = metrics.f1_score(held, guessed, average=None, zero_division=0)
    report = metrics.classification_report(held, guessed, target_names=ACTIONS, zero_division=0, output_dict=True)
    cases.case(
        "metrics",
        true=cases.array("labels_true", held),
        pred=cases.array("labels_pred", guessed),
        f1=f1.tolist(),
        composite=float(f1[4:].mean()),
        report=report,
        binary_accuracy=float((held == guessed).mean()),
        subset_accuracy=float((held == guessed).all(axis=1).mean()),
    )


def main():
    seed, folder = int(sys.argv[1]), sys.argv[2]
    cases = Cases(seed, folder)
    images = pictures(cases)
    answers(cases, images)
    losses(cases)
    steps(cases, images)
    scores(cases)
    cases.finish()


main()
