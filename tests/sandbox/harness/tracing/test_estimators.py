"""What a fitted model tells of how it was fitted."""

from __future__ import annotations

import pytest

from sandbox.harness.tracing.estimators import stopped_early


class CatBoostLike:
    """The attributes of a fitted CatBoost model, as version 1.2.10 gives them; the library is no dependency."""

    def __init__(self, trees: int, best: int) -> None:
        self.tree_count_, self.best_iteration_ = trees, best

    def get_all_params(self) -> dict[str, int]:
        return {"iterations": 200}


@pytest.mark.parametrize(
    ("trees", "best", "stopped"),
    [(10, 9, True), (6, 0, True), (200, 8, False), (200, 199, False)],
    ids=["cut to the best", "stopped, best the first", "every tree kept", "best the last"],
)
def test_catboost_is_stopped_where_trees_are_missing(trees: int, best: int, stopped: bool) -> None:
    """With `use_best_model=False` it names a best iteration of the watched rows and keeps every tree."""
    assert stopped_early(CatBoostLike(trees, best)) is stopped
