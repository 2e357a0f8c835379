"""What a grading draws from: the submission, the data and a secret of the installation."""

from __future__ import annotations

from dataclasses import replace

import pytest

from app.adapters import grading
from graders.model.challenge import Dataset
from graders.model.probe import SandboxError
from graders.probes.seeds import seed_for
from sandbox.static_tools.bounded import Bounds
from testing.builders import a_case, a_challenge, a_submission

DATA = a_case().dataset


def test_no_seed_without_the_secret() -> None:
    """Whoever knows the bytes and the fingerprint knows no seed; the same input has the same one."""
    submission = a_submission()
    seeds = {grading.seed(submission, DATA.fingerprint, secret) for secret in range(50)}
    assert len(seeds) == 50
    assert grading.seed(submission, DATA.fingerprint, 7) == grading.seed(submission, DATA.fingerprint, 7)
    assert grading.seed(replace(submission, sha256="other"), DATA.fingerprint, 7) not in seeds


def test_more_seeds_than_a_submission_can_try() -> None:
    """A process holds the seed of its own purpose, and could look for the one that it was made from."""
    seeds = [grading.seed(a_submission(), DATA.fingerprint, secret) for secret in range(20)]
    assert max(seeds) > 2**44
    assert all(seed_for(seed, "train") < 2**31 for seed in seeds)


def test_reading_without_end_is_ours_to_repeat(monkeypatch: pytest.MonkeyPatch) -> None:
    """Follow-ups, planted faults and the judgement are worked out where they can be ended, and nobody is graded."""
    monkeypatch.setattr(grading, "BOUNDS", Bounds(cpu_seconds=1, seconds=600))
    with pytest.raises(SandboxError, match="more than its bounds"):
        grading.bounded(without_end)


def test_what_follows_from_the_rows_alone_is_handed_on(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever judges the next submission to the same rows has it; who judges one to other rows has not."""
    seen: list[dict[str, int]] = []

    def judge(*asked: object) -> tuple[str, dict[str, int]]:
        _, _, challenge, dataset, _ = asked
        assert isinstance(dataset, Dataset)
        seen.append({name: value for (name, of), value in dataset.known.items() if of == challenge})
        return "a report", {} if seen[-1] else {"groups": len(seen)}

    monkeypatch.setattr(grading, "_known", {})
    monkeypatch.setattr(grading, "bounded", judge)
    for fingerprint in ("mine", "mine", "other", "mine"):
        assert grading.judged(b"", a_challenge(), replace(DATA, fingerprint=fingerprint)) == "a report"
    assert seen == [{}, {"groups": 1}, {}, {"groups": 1}]


def without_end() -> None:
    while True:
        pass
