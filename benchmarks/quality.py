"""How well the code score agrees with an expert's grades of public repositories.

Run as `python -m benchmarks.quality GRADES.json CHECKOUTS [--write]`.  GRADES.json lists {id, repo, grade, include,
exclude}; CHECKOUTS holds one folder for each id.  With `--write` the measured shares go to quality_features.csv;
without CHECKOUTS the figures are computed from that file.  Nothing of the repositories is kept.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from scipy.optimize import lsq_linear
from scipy.stats import rankdata, spearmanr
from sklearn.linear_model import LassoCV

from app import quality
from app.intake.source_tree import Choice, read_source
from challenges import registry
from graders.readable import CHECKS
from graders.rubric import reading
from graders.rubric.code import ANNOTATE, CUT_AND_EXPLAIN, EXPLAIN, READ
from graders.rubric.scoring_rules import CodeContext, Part
from graders.source.sources import Sources
from sandbox.static_tools.analyser import program

FEATURES = Path(__file__).with_name("quality_features.csv")
CODE = ["structure", "complexity-duplication", "correctness", "readability", "error-handling"]
BESIDE = ["environment", "tests", "hygiene"]
NAIVE = ["naive_ruff", "naive_complexity", "naive_maintainability"]
#: Repositories that answer the same task, by a part of their name.
GROUPS = (
    "real-mle-challenge",
    "latam|LATAM",
    "phdata|PHDATA|phData",
    "titanic|Titanic",
    "[Cc]hurn",
    "[Ff]raud",
    "zoomcamp",
)
RIDGE = 10.0
TOP = 3
FOLDS = 10
DRAWS = 2000


def main() -> None:
    grades = json.loads(Path(sys.argv[1]).read_text())
    folders = [argument for argument in sys.argv[2:] if not argument.startswith("-")]
    rows = pd.DataFrame(measure(grades, Path(folders[0]))) if folders else pd.read_csv(FEATURES)
    if "--write" in sys.argv:
        rows.drop(columns=["repo", "grade", "seconds"], errors="ignore").round(4).to_csv(FEATURES, index=False)
    known = pd.DataFrame([{"id": g["id"], "repo": g["repo"], "grade": g["grade"]} for g in grades])
    report(known.merge(rows.drop(columns=["repo", "grade"], errors="ignore"), on="id"))


def measure(grades: list[dict[str, Any]], folder: Path) -> Iterator[dict[str, Any]]:
    for grade in grades:
        started = cpu_seconds()
        submission = read_source(folder / str(grade["id"]), Choice(tuple(grade["include"]), tuple(grade["exclude"])))
        code = quality.analysed(submission)
        section, findings = quality.read(code)
        seconds = cpu_seconds() - started
        shares = {c.id: c.points / c.max for c in section.criteria if c.points is not None}
        found = code.everything
        about = CodeContext(code, {finding.code: finding for finding in findings}, CHECKS)
        about_form = {"lines": found.code_lines, "known": reading.known(found), "seconds": seconds}
        yield {"id": grade["id"], **about_form, **shares, **naive(found), **signals(about)}


def signals(about: CodeContext) -> dict[str, float]:
    """Every signal of the criteria on the code by criterion and advice, 0 to 1, after the scale for little code."""
    judged = {name: READ[name](about) for name in CODE}
    return {
        signal_name(name, part): part.share * judged[name].share.value / had
        for name in CODE
        for had in [sum(p.weight * p.share for p in judged[name].parts) / sum(p.weight for p in judged[name].parts)]
        for part in judged[name].parts
        if had
    }


def signal_name(criterion: str, part: Part) -> str:
    """The same for all repositories, whatever the advice names in one of them."""
    if criterion == "correctness":
        return "correctness: likely errors"
    advice = {CUT_AND_EXPLAIN: EXPLAIN if "public" in part.seen else ANNOTATE}.get(part.advice, part.advice)
    return f"{criterion}: {re.sub('Split .* by', 'Split it by', advice or 'Split it by responsibility.')}"


def cpu_seconds() -> float:
    """Of this process and of all it started: what the tools take counts, and what else the machine does does not."""
    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def naive(sources: Sources) -> dict[str, float]:
    """What a quick grader would take: all of ruff's rules per hundred lines, mean complexity, mean maintainability."""
    from radon.complexity import cc_visit  # noqa: PLC0415 - for this comparison alone
    from radon.metrics import mi_visit  # noqa: PLC0415

    texts = [module.source.text.decode("utf-8", "replace") for module in sources.modules]
    blocks = [block.complexity for text in texts for block in cc_visit(text)]
    with tempfile.TemporaryDirectory() as folder:
        for number, text in enumerate(texts):
            (Path(folder) / f"m{number}.py").write_text(text)
        command = [program("ruff"), "check", "--isolated", "--select", "ALL", "--quiet", "--exit-zero", "--no-cache"]
        lines = subprocess.run(
            [*command, "--output-format", "concise", folder], capture_output=True, check=False
        ).stdout
    written = sum(text.count("\n") for text in texts)
    return {
        "naive_ruff": 100 * lines.count(b"\n") / max(written, 1),
        "naive_complexity": float(np.mean(blocks)) if blocks else 1.0,
        "naive_maintainability": float(np.mean([mi_visit(text, multi=True) for text in texts])) if texts else 100.0,
    }


def report(rows: pd.DataFrame) -> None:
    points = {c.id: c.points for c in registry.get("ml_pipeline").rubric}
    weights = {name: [points[c] for c in names] for name, names in (("code", CODE), ("all", CODE + BESIDE))}
    rows["code"] = rows[CODE].fillna(0).to_numpy() @ weights["code"] / sum(weights["code"]) * 100
    rows["all"] = rows[CODE + BESIDE].fillna(0).to_numpy() @ weights["all"] / sum(weights["all"]) * 100
    print(f"{len(rows)} repositories")
    for name, columns in (("code", CODE), ("all", CODE + BESIDE)):
        left_out = leave_one_out(rows, columns, np.array(weights[name]))
        shipped, refitted = with_interval(rows, rows[name]), with_interval(rows, left_out)
        print(f"Spearman, {name:<5} shipped weights {shipped}   weights refitted leaving one out {refitted}")
    print(f"Spearman, naive ruff + radon, leaving one out {with_interval(rows, naive_left_out(rows))}")
    chosen, counts = chosen_left_out(rows)
    print(f"Spearman, signals of the code chosen and weighed leaving one out {with_interval(rows, chosen)}")
    print(f"  weights that are not 0: {min(counts)} to {max(counts)} of {len(signal_columns(rows))}")
    for name in ("code", "all"):
        print_error(rows, name)
    print(f"With length, given the expert's grade: {with_length(rows):+.2f}")
    for name in CODE + BESIDE:
        print(f"  {name:<24} {agreement(rows, rows[name].fillna(0)):+.2f}")
    print("Top-3 agreement and pairs in order, among those that answer one task:")
    for group, of in groups(rows):
        print(f"  {group:<22} n={len(of)}  top {top_agreement(of):.2f}  pairs {pairs_in_order(of):.2f}")
    if "seconds" in rows:
        rate = rows.seconds / (rows.lines / 1000).clip(lower=1)
        print(f"CPU seconds: median {rows.seconds.median():.2f}, most for a submission or 1,000 lines {rate.max():.2f}")
    misses = rows.assign(off=rows["all"].rank() - rows.grade.rank()).sort_values("off", key=abs).tail(6)
    print(misses[["id", "grade", "lines", "code", "all", "off"]].round(1).to_string(index=False))


def with_length(rows: pd.DataFrame) -> float:
    """Partial rank correlation of the score on the code with the lines, given the grade: 0 is fair to all sizes."""
    grade, score, lines = (rankdata(rows[name]) for name in ("grade", "code", "lines"))
    beyond = [values - np.polyval(np.polyfit(grade, values, 1), grade) for values in (score, lines)]
    return float(np.corrcoef(beyond)[0, 1])


def agreement(rows: pd.DataFrame, score: Any) -> float:
    return float(spearmanr(rows.grade, score).statistic)


def with_interval(rows: pd.DataFrame, score: Any) -> str:
    """The agreement and 95 % of what it is when the repositories are drawn again."""
    values, grades, draws = np.asarray(score), rows.grade.to_numpy(), np.random.default_rng(0)
    picked = (draws.integers(0, len(rows), len(rows)) for _ in range(DRAWS))
    low, high = np.quantile([spearmanr(grades[pick], values[pick]).statistic for pick in picked], [0.025, 0.975])
    return f"{agreement(rows, score):.3f} [{low:.2f}, {high:.2f}]"


def leave_one_out(rows: pd.DataFrame, columns: list[str], weights: np.ndarray) -> list[float]:
    """Each repository's score by weights fitted on all others: not negative, drawn towards the rubric's."""
    shares, target = rows[columns].fillna(0).to_numpy(), (rows.grade.to_numpy() - 1) / 4
    prior, pull = weights / weights.sum(), np.sqrt(RIDGE)
    penalty = np.column_stack([pull * np.eye(len(columns)), np.zeros(len(columns))])
    scores = []
    for left in range(len(rows)):
        kept = np.arange(len(rows)) != left
        known = np.vstack([np.column_stack([shares[kept], np.ones(kept.sum())]), penalty])
        bounds = ([0.0] * len(columns) + [-np.inf], np.inf)
        fitted = lsq_linear(known, np.concatenate([target[kept], pull * prior]), bounds=bounds).x
        scores.append(float(np.append(shares[left], 1) @ fitted))
    return scores


def signal_columns(rows: pd.DataFrame) -> list[str]:
    return [column for column in rows.columns if ": " in column]


def chosen_left_out(rows: pd.DataFrame) -> tuple[list[float], list[int]]:
    """Each repository's score by signals that were chosen and weighed on all others, by a lasso without negative
    weights whose penalty is settled by cross-validation inside them; and how many signals were chosen."""
    shares, grades = rows[signal_columns(rows)].fillna(1.0).to_numpy(), rows.grade.to_numpy()
    scores, counts = [], []
    for left in range(len(rows)):
        kept = np.arange(len(rows)) != left
        fitted = LassoCV(positive=True, cv=FOLDS, random_state=0, max_iter=20_000).fit(shares[kept], grades[kept])
        scores.append(float(fitted.predict(shares[[left]])[0]))
        counts.append(int((fitted.coef_ > 0).sum()))
    return scores, counts


def print_error(rows: pd.DataFrame, name: str) -> None:
    """The constants of `graders/rubric/reading.py` and how often the interval holds the grade, leaving one out.

    A line takes scores to grades.  The error of a share is what the line leaves, taken back to the score by its slope.
    """
    scores, grades, known = rows[name].to_numpy() / 100, rows.grade.to_numpy(), rows.known.to_numpy()
    off, slopes = np.empty(len(rows)), np.empty(len(rows))
    for left in range(len(rows)):
        kept = np.arange(len(rows)) != left
        slopes[left], start = np.polyfit(scores[kept], grades[kept], 1)
        off[left] = grades[left] - start - slopes[left] * scores[left]
    residuals = off / slopes
    read, unread = np.sqrt(np.mean(residuals**2)), np.std(grades) / np.mean(slopes)
    plain = held_left_out(residuals, np.zeros(len(rows)))
    widened = held_left_out(residuals, 1 - known)
    shipped = np.abs(residuals) <= 1.96 * np.array([reading.standard_error(share) for share in known])
    print(
        f"Error of {name}: n {len(rows)}, read {read:.3f}, unread {unread:.3f} of the points, {np.std(off):.2f} grade"
    )
    print(f"  95 % intervals hold the grade, leaving one out: plain {plain:.0%}, widened {widened:.0%}")
    print(f"  with the constants in use {shipped.mean():.0%} [{shipped.sum()} of {len(rows)}]")
    for label, those in (("little code or cells", known < 1), ("enough code", known == 1)):
        spread = np.sqrt(np.mean(residuals[those] ** 2))
        print(f"  {label}: n {those.sum()}, spread {spread:.3f}, held {shipped[those].mean():.0%}")


def held_left_out(residuals: np.ndarray, unknown: np.ndarray) -> float:
    """How many residuals lie within 1.96 errors, where the error comes from all the others."""
    held = []
    for left in range(len(residuals)):
        others = np.delete(residuals, left)
        variance = np.mean(others**2)
        held.append(residuals[left] ** 2 <= 1.96**2 * (variance + (reading.UNREAD**2 - variance) * unknown[left]))
    return float(np.mean(held))


def naive_left_out(rows: pd.DataFrame) -> list[float]:
    """The naive measures, weighed by least squares on all other repositories."""
    measures = np.column_stack([rows[NAIVE].to_numpy(), np.ones(len(rows))])
    scores = []
    for left in range(len(rows)):
        kept = np.arange(len(rows)) != left
        fitted = np.linalg.lstsq(measures[kept], rows.grade.to_numpy()[kept], rcond=None)[0]
        scores.append(float(measures[left] @ fitted))
    return scores


def groups(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    for pattern in GROUPS:
        of = rows[[bool(re.search(pattern, repo)) for repo in rows.repo]]
        if len(of) >= TOP:
            yield pattern, of


def top_agreement(of: pd.DataFrame) -> float:
    """The share of the expert's best that are among ours; of small groups the best half."""
    count = min(TOP, len(of) // 2)
    least = of.grade.nlargest(count).min()
    return float((of.nlargest(count, "all").grade >= least).mean())


def pairs_in_order(of: pd.DataFrame) -> float:
    """The share of pairs with different grades that our score puts in the same order."""
    grade, score = of.grade.to_numpy(), of["all"].to_numpy()
    better = grade[:, None] > grade[None, :]
    return float((score[:, None] > score[None, :])[better].mean()) if better.any() else 1.0


if __name__ == "__main__":
    main()
