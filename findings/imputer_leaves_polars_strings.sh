#!/bin/sh
# scikit-learn's imputer fills the strings of a pandas frame and leaves those of a polars frame missing.
# Versions: scikit-learn 1.9.1, polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6.
# Expected: polars frames are supported since 1.4, so a null is filled as any missing value, or refused.
# Seen: nulls of numbers become NaN and are filled. Nulls of strings become None, which is not the imputer's NaN: they
# pass through `most_frequent` and `constant` without a warning, and OneHotEncoder makes a category of them.
# What it means: the same pipeline has another number of columns by the library that read the file. `missing_values=None`
# fills them, and then leaves those of pandas.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-learn==1.9.1 polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python - <<'PYTHON'
import warnings

import pandas as pd
import polars as pl
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder

warnings.simplefilter("error")
table = {"plan": ["basic", None, "basic", "gold"]}
made = {}
for library, frame in (("pandas", pd.DataFrame(table)), ("polars", pl.DataFrame(table))):
    for imputer in (SimpleImputer(strategy="most_frequent"), SimpleImputer(strategy="constant", fill_value="basic")):
        filled = imputer.fit_transform(frame)[:, 0].tolist()
        pipeline = make_pipeline(imputer, OneHotEncoder(sparse_output=False)).fit(frame)
        made[library] = pipeline.transform(frame).shape[1]
        print(library, imputer.strategy, filled, "columns:", made[library])
        assert filled[1] == ("basic" if library == "pandas" else None)
assert made == {"pandas": 2, "polars": 3}
numbers = SimpleImputer().fit_transform(pl.DataFrame({"age": [20.0, None, 40.0]}))
assert numbers[1, 0] == 30.0
told = SimpleImputer(strategy="most_frequent", missing_values=None).fit_transform(pl.DataFrame(table))
assert told[1, 0] == "basic"
PYTHON
