"""What libraries and our tracer do only once in a process, done before the forks: none of these has to do it again.

Libraries import parts of themselves, look for plug-ins and list what they were linked with when they are first used.
For a small call that is a third of its time.  Only our own rows are seen here, nothing is drawn at random, no thread is
begun, and a library that the submission does not name is not used.
"""

from __future__ import annotations

import contextlib
import importlib
import io
import sys
import warnings
from collections.abc import Collection

ROWS, FOLLOWED = 20, 600


def rehearse(loaded: Collection[str]) -> None:
    """Go through the calls that most pipelines make of libraries that were just loaded.

    What fails here is told when a probe makes it.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # nor does one count as shown already
        for library, part in PARTS.items():
            if library in loaded:
                with contextlib.suppress(Exception):
                    part()


def rows_arrive() -> None:
    import pandas as pd  # noqa: PLC0415
    import pyarrow as pa  # noqa: PLC0415

    sent = io.BytesIO()
    table = pa.Table.from_pandas(pd.DataFrame({"text": ["a", "b"], "number": [0.0, 1.0]}))
    with pa.ipc.new_stream(sent, table.schema) as stream:
        stream.write_table(table)
    with pa.ipc.open_stream(pa.py_buffer(sent.getvalue())) as stream:
        rows = stream.read_all().to_pandas(use_threads=False).copy()
    rows.groupby("text")["number"].mean()


def model_is_fitted_and_asked() -> None:
    import pandas as pd  # noqa: PLC0415
    from joblib import dump, load  # type: ignore[import-untyped]  # noqa: PLC0415
    from sklearn.compose import ColumnTransformer  # noqa: PLC0415
    from sklearn.impute import SimpleImputer  # noqa: PLC0415
    from sklearn.linear_model import LogisticRegression  # noqa: PLC0415
    from sklearn.metrics import roc_auc_score  # noqa: PLC0415
    from sklearn.pipeline import make_pipeline  # noqa: PLC0415
    from sklearn.preprocessing import OneHotEncoder, StandardScaler  # noqa: PLC0415

    rows = pd.DataFrame({"text": ["a", "b"] * (ROWS // 2), "number": [float(row % 3) for row in range(ROWS)]})
    truth = [row % 2 for row in range(ROWS)]
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    columns = ColumnTransformer([("numbers", numbers, ["number"]), ("texts", OneHotEncoder(), ["text"])])
    saved = io.BytesIO()
    dump(make_pipeline(columns, LogisticRegression(random_state=0)).fit(rows, truth), saved)
    saved.seek(0)
    roc_auc_score(truth, load(saved).predict_proba(rows)[:, 1])


def rows_are_followed() -> None:
    """Nothing of a library is hooked; rows are as many as tables are compared by."""
    import numpy as np  # noqa: PLC0415
    import pandas as pd  # noqa: PLC0415

    from .tracing import Tracer  # noqa: PLC0415

    if "sklearn.model_selection" in sys.modules:  # and the tracer asks for this in any case
        importlib.import_module("sklearn.model_selection._search_successive_halving")
    number = np.arange(FOLLOWED)
    rows = pd.DataFrame(
        {
            "text": np.array(["a", "b", "c"])[number * number % 3],
            "day": [f"2020-01-{1 + day:02}" for day in number * 7 % 28],
            "number": number * 37 % 101 / 7,
            "whole": number * 11 % 5,
            "truth": number * number % 7 % 2,
        }
    )
    tracer = Tracer(".")
    tracer.begin(rows, target="truth")
    train = rows[rows["whole"] < 4]
    scaled = train[["number", "whole"]].to_numpy() / 3
    for unlike in (train["number"].to_numpy() + 1, pd.get_dummies(train[["text", "number"]]), number[::-1] / 3):
        tracer.table(unlike)
    table = tracer.table(scaled, train["truth"])
    fit = tracer.log_fit("model", "model", table, None)
    tracer.log_predicted("predict", 0, table, scaled[:, 0], None)
    if fit is not None and table.rows is not None:
        tracer.origins.made(fit["id"], scaled, table.rows)
    tracer.table(scaled + 0.0, train["truth"])
    tracer.finish({tracer.metric: 0.5})


PARTS = {
    "pyarrow": rows_arrive,
    "sklearn": model_is_fitted_and_asked,
    f"{__package__}.tracing": rows_are_followed,
}
