"""The same leak put before `evaluate` of many honest pipelines: how often is it seen, whatever lies behind it?

`python -m benchmarks.leakage_planted ranks` takes honest pipelines of the corpus at random and hands their evaluate a
table in which the leak has happened already.  Nobody wrote these leaks for a detector, and each goes through as many
people's code as there are pipelines.  Where evaluate claims the same of shuffled columns it reads none of them, and
the pipeline is left out.  So is one that fails on the changed table, and a notebook.
"""

from __future__ import annotations

import argparse
import json
import random
import shutil
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import pandas as pd

from app.intake import from_path
from benchmarks.leakage import Result, Tool, measured, opened
from benchmarks.leakage_assay import SEED
from benchmarks.leakage_corpus import tables
from benchmarks.leakage_corpus.corpus import LeakCase, cases
from graders.model.challenge import Challenge
from graders.probes import sessions
from graders.probes.names import ProbeName
from sandbox.host.local import run

DATA_SEED = 7
MANY = 20  # values from which a column of numbers is taken for one that is measured
MOST = 3  # columns that are changed: those the most pipelines of a challenge name

SHUFFLED = """
    for name in {columns}:
        data[name] = data[name].sample(frac=1.0, random_state=0).to_numpy()
    return data
"""
END = """

def _with_the_leak(data):
    data = data.copy()
{body}

_evaluate_as_written = evaluate


def evaluate(data):
    return _evaluate_as_written(_with_the_leak(data))
"""


@dataclass(frozen=True)
class Plant:
    """codes: any of these names it.  body: what is done to the labelled rows."""

    codes: frozenset[str]
    body: str


PLANTS: Mapping[str, Plant] = {
    "ranks": Plant(
        frozenset({"LEAK001"}),
        """
    for name in {columns}:
        data[name] = data[name].rank(pct=True)
    return data
""",
    ),
    "rates": Plant(
        frozenset({"LEAK007", "LEAK001"}),
        """
    labels = data["{target}"]
    labels = labels if labels.dtype.kind in "biuf" else labels.astype("category").cat.codes
    for name in {columns}:
        bins = (data[name].rank(pct=True) * 40).fillna(-1).astype(int)
        data[name] = labels.groupby(bins).transform("mean")
    return data
""",
    ),
    "copies": Plant(
        frozenset({"LEAK003", "LEAK005", "LEAK008"}),
        """
    import pandas as pd
    more = data.sample(frac=0.3, random_state=0)
    if more["{group}"].dtype.kind in "iu":
        more["{group}"] += 1000003
    else:
        more["{group}"] = more["{group}"].astype(str) + "b"
    return pd.concat([data, more]).sample(frac=1.0, random_state=1).reset_index(drop=True)
""",
    ),
}


def main() -> None:
    options = arguments()
    plant, done = PLANTS[options.plant], read(options.out)
    chosen = [case for case in cases() if case.honest and case.location.suffix != ".ipynb"]
    random.Random(options.order).shuffle(chosen)  # noqa: S311 - no secret
    options.out.parent.mkdir(parents=True, exist_ok=True)
    with opened("assay", options.out) as tool, options.out.open("a", encoding="utf-8") as lines:
        for case in chosen[: options.count]:
            if case.path not in done and (result := put(case, plant, tool)) is not None:
                lines.write(json.dumps(asdict(result) | {"path": case.path}) + "\n")
                lines.flush()
    judged = [row for row in read(options.out).values() if not row["error"]]
    named = [{flag["code"] for flag in row["flags"]} for row in judged]
    missed = [row["path"] for row, codes in zip(judged, named, strict=True) if not codes & plant.codes]
    cleared = [path for path in missed if not plant.codes & set(read(options.out)[path]["notes"])]
    print(f"{options.plant}: {len(judged)} pipelines, {len(judged) - len(missed)} named, {len(cleared)} called clean")
    print("\n".join(f"missed: {path}{' (called clean)' if path in cleared else ''}" for path in missed))


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.leakage_planted", description=__doc__)
    parser.add_argument("plant", choices=PLANTS)
    parser.add_argument("--count", type=int, default=30, help="honest pipelines that are tried")
    parser.add_argument("--order", type=int, default=1, metavar="SEED", help="which ones")
    parser.add_argument("--out", type=Path, default=Path("out/leakage_planted.jsonl"), help="one JSON line for each")
    return parser.parse_args()


def read(out: Path) -> dict[str, dict[str, object]]:
    rows = map(json.loads, out.read_text("utf-8").splitlines()) if out.exists() else ()
    return {row["path"]: row for row in rows}


def put(case: LeakCase, plant: Plant, tool: Tool) -> Result | None:
    """What the tool says of the pipeline behind the leak; None where evaluate reads nothing that the leak changes."""
    challenge = tables.challenge(case.challenge)
    public = challenge.make(DATA_SEED).public
    columns = list(read_columns(case, challenge, public))
    if not columns or challenge.group is None:
        return None
    with tempfile.TemporaryDirectory() as folder:
        claims = []
        for name, body in {"leak": plant.body, "shuffled": SHUFFLED, "plain": "    return data"}.items():
            told = body.format(columns=columns, target=challenge.target, group=challenge.group)
            place = copied(case, Path(folder) / name, END.format(body=told.strip("\n")))
            if name != "leak":
                evaluate = sessions.evaluation(ProbeName.EVALUATE, public, challenge, SEED)
                claims.append(run(from_path(place, challenge.packages), evaluate).claims)
        if claims[0] == claims[1]:
            print(f"{case.path} reads none of {columns}", file=sys.stderr)
            return None
        leaky = LeakCase(
            str(copied_to(case, Path(folder) / "leak")), tuple(plant.codes), (), "", "", (), case.challenge
        )
        result = measured(tool, leaky)
    print(f"{case.path} {sorted({flag.code for flag in result.flags})} {result.error}", file=sys.stderr)
    return result


def read_columns(case: LeakCase, challenge: Challenge, public: pd.DataFrame) -> Iterator[str]:
    """Columns of measured numbers that the pipeline's text names, as far as they may be read."""
    files = [case.location] if case.location.is_file() else sorted(case.location.rglob("*.py"))
    text = "".join(file.read_text("utf-8") for file in files)
    kept = {challenge.target, challenge.group, challenge.time, *challenge.post_outcome}
    named = [name for name in public.columns if name not in kept and name in text]
    numbers = [name for name in named if pd.api.types.is_float_dtype(public[name]) and public[name].nunique() > MANY]
    yield from numbers[:MOST]


def copied_to(case: LeakCase, folder: Path) -> Path:
    return folder / case.location.name


def copied(case: LeakCase, folder: Path, end: str) -> Path:
    """The pipeline in this folder, with more text at the end of its entry."""
    place = copied_to(case, folder)
    folder.mkdir()
    (shutil.copytree if case.location.is_dir() else shutil.copy)(case.location, place)
    entry = place / "pipeline.py" if place.is_dir() else place
    entry.write_text(entry.read_text("utf-8") + end, "utf-8")
    return place


if __name__ == "__main__":
    main()
