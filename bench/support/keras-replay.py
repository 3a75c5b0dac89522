"""Replays a training case in Keras: `keras-replay.py FIXTURES CASE [float64]`; prints the loss of each step as JSON.

TF_ENABLE_ONEDNN_OPTS and the thread counts come from the environment, as TensorFlow reads them.
"""
import json
import os
import sys
from pathlib import Path

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
import keras
import numpy as np
import tensorflow as tf

for name, setter in (
    ("TF_NUM_INTRAOP_THREADS", tf.config.threading.set_intra_op_parallelism_threads),
    ("TF_NUM_INTEROP_THREADS", tf.config.threading.set_inter_op_parallelism_threads),
):
    if name in os.environ:
        setter(int(os.environ[name]))

folder, case = Path(sys.argv[1]), sys.argv[2]
manifest = json.loads((folder / "manifest.json").read_text())
fields = manifest["cases"][case]
entry = manifest["arrays"][fields["x"]]
x = np.fromfile(folder / entry["file"], entry["dtype"]).reshape(entry["shape"])
model = keras.models.load_model(folder / fields["start"], compile=False)
if "float64" in sys.argv[3:]:
    weights = model.get_weights()
    config = json.loads(json.dumps(model.get_config()).replace('"float32"', '"float64"'))
    keras.backend.set_floatx("float64")
    model = keras.Model.from_config(config)
    model.set_weights([w.astype("float64") for w in weights])
    x = x.astype("float64")
model.compile(keras.optimizers.Adam(1e-3), loss="mse")
losses = []
for _ in fields["loss_by_step"]:
    losses.append(float(model.train_on_batch(x, x)))
    model.reset_metrics()
print(json.dumps(losses))
