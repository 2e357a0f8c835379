#!/bin/sh
# With two ratings a user, scikit-surprise's fraction of concordant pairs is .5 for every model, be it right in 95 or 5 of 100 pairs.
# Versions: scikit-surprise 1.1.5 (May 2026), numpy 2.4.6, scipy 1.17.1.
# Expected: by the paper that the docstring names, concordant pairs of all users divided by concordant and discordant ones.
# Seen: concordant pairs are averaged over the users who have one, and discordant ones over the users who have one. So not the
# number of wrong users counts, but how wrong each is. With two ratings each user has one pair, both means are 1, and the fraction is
# .5 for 1,000 users of whom 950, 500 or 50 are ordered right; only without a mistake it is 1. With five ratings a model that
# errs wholly for one user in 100, and for no other, has .5 where .99 of pairs are right; one that errs in three of ten pairs of each
# has .7 and is preferred. No warning is given.
# Known: no issue upstream was seen.
# What it means: the figure ranks models by who is wrong and not by how many pairs. Count pairs over all users.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check scikit-surprise==1.1.5 numpy==2.4.6 scipy==1.17.1
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings
from itertools import combinations

from surprise import Prediction
from surprise.accuracy import fcp

USERS = range(1_000)


def predicted(orders: list[list[float]]) -> list[Prediction]:
    """A prediction of each rating: those of a user are 1, 2, 3 and so on, and estimated as given."""
    return [
        Prediction(user, item, item + 1.0, estimate, {})
        for user, estimates in enumerate(orders)
        for item, estimate in enumerate(estimates)
    ]


def share(orders: list[list[float]]) -> float:
    """Concordant pairs of all users, divided by all their pairs; no two estimates are equal."""
    pairs = [low < high for estimates in orders for low, high in combinations(estimates, 2)]
    return sum(pairs) / len(pairs)


models = {
    f"two ratings, {right} users right": [[1, 2] if user < right else [2, 1] for user in USERS]
    for right in (1_000, 950, 500, 50)
}
models["five ratings, one user in 100 reversed"] = [[5, 4, 3, 2, 1] if user % 100 == 0 else [1, 2, 3, 4, 5] for user in USERS]
models["five ratings, three of ten pairs wrong"] = [[2, 1, 5, 3, 4] for user in USERS]
seen = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, orders in models.items():
        seen[name] = float(fcp(predicted(orders), verbose=False)), share(orders)
        print(f"{name}: {seen[name][0]:.3f}, over all pairs {seen[name][1]:.3f}")
assert not told
assert [value for value, _ in list(seen.values())[:4]] == [1.0, 0.5, 0.5, 0.5]
one, each = seen["five ratings, one user in 100 reversed"], seen["five ratings, three of ten pairs wrong"]
assert one[0] == 0.5 and abs(one[1] - 0.99) < 1e-9 and abs(each[0] - 0.7) < 1e-9 and abs(each[1] - 0.7) < 1e-9
PYTHON
