"""A case as bytes and back, so that a report can be recomputed years later without running anything.

The hidden data is not in the record, only its fingerprint; models are left out, as no check reads them.
"""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Mapping
from typing import Any

import numpy as np

from graders.archive import packed
from graders.model.case import Case
from graders.model.challenge import Challenge, Dataset
from graders.model.packages import Wheel
from graders.model.probe import Action, Exit, Failure, Run, SandboxInfo
from graders.model.submission import Aside, Form, Location, SetAside, Source, Submission
from graders.tasks.asked import contract_of

RECORD_VERSION = 1


class OtherData(ValueError):
    """The record was made on other data than the data at hand."""


def dump(case: Case) -> bytes:
    """The record of a case: a zip of one JSON text, the candidate's files and the predictions."""
    submission = case.submission
    head = {
        "version": RECORD_VERSION,
        "fingerprint": case.dataset.fingerprint,
        "challenge": [case.challenge.id, case.challenge.version],
        "seed": case.seed,
        "graded_at": case.graded_at,
        "sandbox": [case.sandbox.image, case.sandbox.runtime],
        "submission": {
            "id": submission.id,
            "sha256": submission.sha256,
            "form": submission.form.value,
            "entry": submission.entry,
            "files": list(submission.files),
            "runnable": list(submission.runnable),
            "lines": submission.lines,
            "cells": sorted(submission.cells.items()),
            "set_aside": [[_place(item.where), item.what, item.kind] for item in submission.set_aside],
            "notebooks": [[source.path, source.places] for source in submission.notebooks],
            "layer": [[wheel.name, wheel.version, wheel.file, wheel.sha256] for wheel in submission.layer],
        },
        "runs": [_run_head(run) for run in case.runs.values()],
        # The first records had this key for the cost baseline, so it stays.
        "yardstick": [_run_head(run) for run in case.cost_baseline.values()],
    }
    blobs = {"case.json": json.dumps(head, ensure_ascii=False).encode()}
    blobs |= _numbered("files", submission.files.values()) | _numbered("runnable", submission.runnable.values())
    blobs |= _numbered("notebooks", (source.text for source in submission.notebooks))
    for number, run in enumerate(case.runs.values()):
        if run.predictions is not None:
            blobs[f"predictions/{number}"] = run.predictions.astype("<f8").tobytes()
    return packed(blobs)


def load(record: bytes, challenge: Challenge, dataset: Dataset) -> Case:
    """The case of a record; OtherData unless `dataset` is the one it was made on."""
    with zipfile.ZipFile(io.BytesIO(record)) as stored:
        blobs = {name: stored.read(name) for name in stored.namelist()}
    head = json.loads(blobs["case.json"])
    if head["fingerprint"] != dataset.fingerprint:
        raise OtherData(f"the record speaks of data {head['fingerprint']}, at hand is {dataset.fingerprint}")
    width = contract_of(challenge).width
    runs = [_run(run, blobs.get(f"predictions/{number}"), width) for number, run in enumerate(head["runs"])]
    cost_baseline = [_run(run, None) for run in head.get("yardstick", ())]
    return Case(
        submission=_submission(head["submission"], blobs),
        challenge=challenge,
        dataset=dataset,
        runs={run.name: run for run in runs},
        sandbox=SandboxInfo(*head["sandbox"]),
        seed=head["seed"],
        graded_at=head["graded_at"],
        cost_baseline={run.name: run for run in cost_baseline},
    )


def runs_to_json(runs: Mapping[str, Run]) -> str:
    """Runs without predictions and models as JSON text."""
    return json.dumps([_run_head(run) for run in runs.values()])


def runs_from_json(text: str) -> dict[str, Run]:
    """The runs of `runs_to_json` by name; ValueError, KeyError or TypeError where it is no such text."""
    return {run.name: run for run in (_run(head, None) for head in json.loads(text))}


def _numbered(folder: str, blobs: Any) -> dict[str, bytes]:
    """Numbers instead of the candidate's names, which are hostile."""
    return {f"{folder}/{number}": data for number, data in enumerate(blobs)}


def _place(where: Location) -> list[Any]:
    return [where.path, where.line, where.cell]


def _run_head(run: Run) -> dict[str, Any]:
    failure = run.failure
    return {
        "name": run.name,
        "action": run.action.value,
        "exit": run.exit.value,
        "seconds": run.seconds,
        "cpu_seconds": run.cpu_seconds,
        "max_rss_mb": run.max_rss_mb,
        "claims": dict(run.claims),
        "output": run.output,
        "failure": failure and [failure.kind, failure.message, [_place(frame) for frame in failure.frames]],
        "log": run.log,
        "saved_mb": run.saved_mb,
        "call_seconds": run.call_seconds,
        "pace": run.pace,
        "waited": run.waited,
        "watched": run.watched,
        "by_chance": run.by_chance,
    }


def _run(head: dict[str, Any], values: bytes | None, width: int = 1) -> Run:
    failure = head.pop("failure")
    numbers = None if values is None else np.frombuffer(values, "<f8").astype(np.float64)
    return Run(
        **head
        | {
            "action": Action(head["action"]),
            "exit": Exit(head["exit"]),
            "call_seconds": tuple(head.get("call_seconds", ())),
            "predictions": numbers.reshape(-1, width) if numbers is not None and width > 1 else numbers,
            "failure": failure and Failure(failure[0], failure[1], tuple(Location(*frame) for frame in failure[2])),
        }
    )


def _submission(head: dict[str, Any], blobs: Mapping[str, bytes]) -> Submission:
    return Submission(
        id=head["id"],
        sha256=head["sha256"],
        form=Form(head["form"]),
        entry=head["entry"],
        files={name: blobs[f"files/{n}"] for n, name in enumerate(head["files"])},
        runnable={name: blobs[f"runnable/{n}"] for n, name in enumerate(head["runnable"])},
        lines=tuple((cell, line) for cell, line in head["lines"]),
        cells=dict(head["cells"]),
        set_aside=tuple(_set_aside(*item) for item in head["set_aside"]),
        notebooks=tuple(
            Source(path, blobs[f"notebooks/{n}"], tuple((cell, line) for cell, line in places))
            for n, (path, places) in enumerate(head.get("notebooks", ()))
        ),
        layer=tuple(Wheel(*wheel) for wheel in head.get("layer", ())),
    )


def _set_aside(where: list[Any], what: str, kind: str = "") -> SetAside:
    """Older records have no kind; only what does not parse is asked for by it."""
    older = Aside.BROKEN if what.startswith("no valid Python") else Aside.LEFT_OVER
    return SetAside(Location(*where), what, Aside(kind) if kind else older)
