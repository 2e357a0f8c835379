"""Which libraries a container loads before the probes: those the submission's text names.

Loading takes most of a small pipeline's time, and once it is done every probe's process has them for free.
The names are ours, so a submission can only choose from them.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from graders.model.packages import Wheel
from graders.model.probe import SIDES, Action

ALWAYS = ("numpy", "pandas", "pyarrow")
COMMON = (
    *("sklearn", "scipy"),
    *(f"sklearn.{part}" for part in ("base", "calibration", "compose", "ensemble", "feature_selection", "impute")),
    *(f"sklearn.{part}" for part in ("linear_model", "metrics", "model_selection", "neighbors", "pipeline")),
    *(f"sklearn.{part}" for part in ("cluster", "decomposition", "dummy")),
    *(f"sklearn.{part}" for part in ("preprocessing", "svm", "tree", "inspection", "utils", "naive_bayes")),
    *("joblib", "scipy.stats", "scipy.special", "scipy.sparse", "scipy.optimize"),
)
#: Not polars, whose threads do not outlive a fork.
RARE = (
    *("lightgbm", "xgboost", "category_encoders", "imblearn.over_sampling", "imblearn.pipeline"),
    *("catboost", "matplotlib.pyplot", "optuna", "seaborn", "statsmodels.api"),
)
NAMED = COMMON + RARE
#: Loaded before those that load scipy, which then loads in less time.
BEFORE = ("assay_harness.harness.documentation",)
#: pytest but for its own name, by which code asks whether it is being tested.
TESTING = tuple(
    f"_pytest.{part}"
    for part in (
        *("config", "python", "fixtures", "terminal", "doctest", "unittest", "assertion", "cacheprovider"),
        *("debugging", "junitxml", "legacypath", "pastebin", "pytester", "recwarn", "setuponly", "setupplan"),
        *("skipping", "threadexception", "tmpdir", "tracemalloc", "unraisableexception", "warnings"),
    )
)
#: What follows the rows of a traced probe; ours, and the same beside probes that are not traced.
TRACING = ("assay_harness.harness.tracing",)
GENERAL = ALWAYS + BEFORE + COMMON  # before it is known for whom


def modules(
    action: Action, files: Mapping[str, bytes], layer: Sequence[Wheel] = (), traced: bool = False
) -> tuple[str, ...]:
    """Modules of the image worth loading for probes of this action's side; what lies in a layer never is."""
    text = b"\n".join(content for path, content in files.items() if path.endswith(".py"))
    imported = [wheel for wheel in layer if any(name.encode() in text for name in wheel.imports)]
    used = {name for wheel in imported for name in wheel.uses}
    named = tuple(name for name in NAMED if name in used or _named(name, text))
    return ALWAYS + BEFORE * bool(named) + named + (TESTING if SIDES[action] == "tools" else TRACING * traced)


def _named(module: str, text: bytes) -> bool:
    """Whether the text may import this module, by its whole name or as a part of its package."""
    package, _, part = module.rpartition(".")
    return module.encode() in text or (f"from {package} import ".encode() in text and part.encode() in text)
