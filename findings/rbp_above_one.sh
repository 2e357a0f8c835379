#!/bin/sh
# ranx' rank-biased precision of graded documents reaches 3, and puts one excellent hit before five good ones on top.
# Versions: ranx 0.3.21 (August 2025), numba 0.68.1, numpy 2.4.6, scipy 1.17.1, pandas 3.1.1.
# Expected: by the docstring a document counts 0 or 1, so the measure lies between 0 and 1. All measures but DCG and NDCG take
# relevance to be binary, says the maintainer (#58, 2023).
# Seen: the grade itself is the gain. With grades of 1 to 3, as graded collections have, a perfect page has 3 at p = .5, where
# precision, recall, MAP and MRR have 1. One excellent document on top and nothing more has 1.5, five good ones on top .97; by
# the docstring .5 and .97. `rbp.80-l2` leaves out grades below 2, and counts the others 2 and 3. Where all grades are 0 and 1
# it is as documented. No warning speaks of it.
# Known: no issue upstream was seen.
# What it means: beside MAP in one table it ranks systems by another notion of relevance, and no published figure compares.
# Give it qrels whose grades are set to 1; `set_relevance_level` takes one from each grade and does not.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    ranx==0.3.21 numba==0.68.1 numpy==2.4.6 scipy==1.17.1 pandas==3.1.1
cd "$folder"
OPENBLAS_NUM_THREADS=1 venv/bin/python - <<'PYTHON'
import warnings

from ranx import Qrels, Run, evaluate

shares = {"rbp.50": 0.5, "rbp.80": 0.8, "rbp.95": 0.95}
others = ["precision@10", "recall@10", "map@10", "mrr"]


def by_ranx(grades: list[int], measures: list[str], level: int = 1) -> dict[str, float]:
    """One query and 30 results, with the grades of the first ones from the top."""
    qrels = Qrels({"q": {f"d{place}": grade for place, grade in enumerate(grades) if grade}})
    if level > 1:
        qrels.set_relevance_level(level)
    run = Run({"q": {f"d{place}": 100.0 - place for place in range(30)}})
    return {name: float(value) for name, value in evaluate(qrels, run, measures).items()}


def by_docstring(grades: list[int], share: float) -> float:
    return (1 - share) * sum(share**place for place, grade in enumerate(grades) if grade)


pages = {"perfect page": [3] * 10, "one excellent hit": [3], "five good ones": [1] * 5}
found = {}
with warnings.catch_warnings(record=True) as told:
    warnings.simplefilter("always")
    for name, grades in pages.items():
        found[name] = by_ranx(grades, [*shares, *others])
        binary = by_ranx([min(grade, 1) for grade in grades], [*shares, *others])
        print(name, {measure: round(value, 3) for measure, value in found[name].items()}, "by the docstring", end=" ")
        print({measure: round(by_docstring(grades, share), 3) for measure, share in shares.items()})
        assert all(abs(binary[measure] - by_docstring(grades, share)) < 1e-9 for measure, share in shares.items())
        assert all(abs(binary[measure] - found[name][measure]) < 1e-9 for measure in others)
        assert all(abs(found[name][measure] - grades[0] * binary[measure]) < 1e-9 for measure in shares)
    mixed = [2, 1, 3]
    levels = by_ranx(mixed, ["rbp.80-l2", "mrr"])["rbp.80-l2"], by_ranx(mixed, ["rbp.80", "mrr"], level=2)["rbp.80"]
assert all("unsafe cast" in str(warning.message) for warning in told)  # numba speaks of types alone
print("grades 2, 1, 3 at level 2:", [round(value, 3) for value in levels], "by the docstring", round(0.2 * (1 + 0.64), 3))

assert found["perfect page"]["rbp.50"] > 2.9 and all(found["perfect page"][measure] == 1 for measure in others)
assert found["one excellent hit"]["rbp.50"] == 1.5 > 0.97 > found["five good ones"]["rbp.50"]
assert by_docstring(pages["one excellent hit"], 0.5) < by_docstring(pages["five good ones"], 0.5)
assert abs(levels[0] - 0.2 * (2 + 3 * 0.64)) < 1e-9 and abs(levels[1] - 0.2 * (1 + 2 * 0.64)) < 1e-9
PYTHON
