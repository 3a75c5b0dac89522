"""Opens a set with pyarrow, pandas, datasets and PyAV, as LeRobot does below its own classes, and prints what it found."""
import json
import pathlib
import sys

import av
import datasets
import pandas
import pyarrow.parquet

root = pathlib.Path(sys.argv[1])
info = json.loads((root / "meta/info.json").read_text())
tasks = pandas.read_parquet(root / "meta/tasks.parquet")
episodes = pandas.concat([pandas.read_parquet(path) for path in sorted((root / "meta/episodes").glob("*/*.parquet"))])

KINDS = {"float32": "float32", "int64": "int64", "bool": "bool"}
columns = {}
for name, feature in info["features"].items():
    if feature["dtype"] == "video":
        continue
    kind = datasets.Value(KINDS[feature["dtype"]])
    columns[name] = kind if feature["shape"] == [1] else datasets.Sequence(kind, length=feature["shape"][0])
files = sorted(str(path) for path in (root / "data").glob("*/*.parquet"))
data = datasets.Dataset.from_parquet(files, features=datasets.Features(columns))
groups = [pyarrow.parquet.ParquetFile(path).metadata.num_row_groups for path in files]

pictures = {}
for camera in (name for name, feature in info["features"].items() if feature["dtype"] == "video"):
    means = []
    for _, row in episodes.iterrows():
        path = root / info["video_path"].format(
            video_key=camera,
            chunk_index=int(row[f"videos/{camera}/chunk_index"]),
            file_index=int(row[f"videos/{camera}/file_index"]),
        )
        shown = {}
        with av.open(str(path)) as container:
            for frame in container.decode(video=0):
                shown[round(float(frame.pts * frame.time_base), 4)] = frame.to_ndarray(format="rgb24")
        for k in range(int(row["length"])):
            at = round(row[f"videos/{camera}/from_timestamp"] + k / info["fps"], 4)
            means.append([float(mean) for mean in shown[at].mean(axis=(0, 1))])
    pictures[camera] = means

print(
    json.dumps(
        {
            "task": tasks.iloc[0].name,
            "episodes": [
                {"length": int(row["length"]), "from": int(row["dataset_from_index"]), "to": int(row["dataset_to_index"])}
                for _, row in episodes.iterrows()
            ],
            "stats": sorted(name for name in episodes.columns if name.startswith("stats/")),
            "rows": {name: data[name][:] for name in columns},
            "groups": groups,
            "pictures": pictures,
        }
    )
)
