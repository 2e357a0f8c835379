#!/bin/sh
# datasets reads the label names of the first Parquet file alone: in the test split each "fraud" becomes a "claim".
# Versions: datasets 5.2.0 (November 2026), pyarrow 26.0.1, pandas 3.1.1, numpy 2.4.6.
# Expected: the library writes the names of a class column into each Parquet file and reads them again. Datasets with other
# names cannot be joined: `concatenate_datasets` says that they cannot be aligned.
# Seen: `load_dataset("parquet", data_files={"train": ..., "test": ...})` takes the names of the first file for all, and keeps
# numbers. Each file read alone is right. `class_encode_column` numbers the classes that a split has; where the test split lacks
# the first of three, its 0 and 1 are named by the train split, and all of 300 labels are wrong. Streaming has the same, and so
# have two files of one split, which cannot be concatenated in memory. No warning is given.
# Known: no issue upstream was seen; #8596 (2026) is about numbers out of range.
# What it means: a perfect model has an accuracy of 0, and one that mixes up classes may look well. Compare the names of each
# file, read alone, before you judge.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    datasets==5.2.0 pyarrow==26.0.1 pandas==3.1.1 numpy==2.4.6
cd "$folder"
HF_HOME="$folder/home" HF_HUB_OFFLINE=1 venv/bin/python - <<'PYTHON'
import warnings

import numpy as np
from datasets import Dataset, concatenate_datasets, disable_progress_bars, load_dataset

disable_progress_bars()
rng = np.random.default_rng(0)
names = ["claim", "fraud", "query"]


def write(path: str, rows: int, shares: list[float]) -> Dataset:
    """A split whose column "truth" keeps the name as text beside the label."""
    truth = rng.choice(names, rows, p=shares).tolist()
    split = Dataset.from_dict({"truth": truth, "label": truth}).class_encode_column("label")
    split.to_parquet(path)
    return split


def right(split) -> float:
    label = split.features["label"]
    return float(np.mean([label.int2str(row["label"]) == row["truth"] for row in split]))


train = write("train.parquet", 1_000, [0.6, 0.1, 0.3])
test = write("test.parquet", 300, [0, 0.3, 0.7])
print("written: train", train.features["label"].names, "test", test.features["label"].names)
try:
    concatenate_datasets([train, test])
except ValueError as error:
    print("concatenate_datasets:", str(error)[:35])
else:
    raise AssertionError("they can be joined")

found = {}
with warnings.catch_warnings():
    warnings.simplefilter("error")
    files = {"train": "train.parquet", "test": "test.parquet"}
    for name, options in {"in memory": {"cache_dir": "cache"}, "streaming": {"streaming": True}}.items():
        for split, rows in load_dataset("parquet", data_files=files, **options).items():
            found[name, split] = right(rows), rows.features["label"].names
    alone = load_dataset("parquet", data_files="test.parquet", cache_dir="cache")["train"]
    joined = load_dataset("parquet", data_files=list(files.values()), cache_dir="cache")["train"]
    found["alone", "test"] = right(alone), alone.features["label"].names
    found["one split of both files", ""] = right(joined), joined.features["label"].names
for (name, split), (share, read) in found.items():
    print(f"{name} {split}: names {read}, labels that still mean what was written {share:.2f}")

assert found["alone", "test"] == (1, ["fraud", "query"])
for name in ("in memory", "streaming"):
    assert found[name, "train"] == (1, names) and found[name, "test"] == (0, names)
assert abs(found["one split of both files", ""][0] - 1_000 / 1_300) < 1e-9
PYTHON
