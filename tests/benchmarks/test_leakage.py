"""The benchmark counts what a tool says against the truth, and leaves undecided codes out."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from benchmarks.leakage import VIEWS, Count, Flag, Result, Said, command, count, measured, read, said
from benchmarks.leakage_corpus.corpus import LeakCase


def case(*codes: str, undecided: tuple[str, ...] = ()) -> LeakCase:
    return LeakCase("leaky/one.py", codes, undecided, "style", "truth", ())


def result(*flags: Flag) -> Result:
    return Result(flags, path="leaky/one.py", seconds=0.1)


@pytest.mark.parametrize(
    ("truth", "named", "expected"),
    [
        (case("LEAK001"), "LEAK001", Count(1, 0, 0)),
        (case("LEAK001"), "LEAK008", Count(0, 0, 1)),
        (case("LEAK007", undecided=("LEAK001",)), "LEAK001", Count(0, 0, 0)),
        (case(), "LEAK001", Count(0, 1, 0)),
    ],
)
def test_a_code_is_right_wrong_left_out_or_not_counted(truth: LeakCase, named: str, expected: Count) -> None:
    assert count("LEAK001", [(truth, result(Flag(named)))], VIEWS["all"]) == expected


@pytest.mark.parametrize(("truth", "wrong"), [(case("LEAK001"), 0), (case(), 1)])
def test_a_wide_train_gap_counts_against_honest_pipelines_alone(truth: LeakCase, wrong: int) -> None:
    assert count("OVR001", [(truth, result(Flag("OVR001")))], VIEWS["all"]) == Count(0, wrong, 0)


@pytest.mark.parametrize(
    ("view", "codes"),
    [("all", {"LEAK001", "LEAK003"}), ("confirmed", {"LEAK003"}), ("inside", {"LEAK001"}), ("outside", {"LEAK003"})],
)
def test_sources_and_certainty_choose_what_counts(view: str, codes: set[str]) -> None:
    flags = (Flag("LEAK001", "suspected", "static"), Flag("LEAK003", "confirmed", "interference"))
    assert said(result(*flags), VIEWS[view]) == codes


def test_a_command_prints_json_lines(tmp_path: Path) -> None:
    """Lines that are no JSON objects are passed over, and the same thing said twice counts once."""
    tool = tmp_path / "tool.py"
    tool.write_text('print(\'reading\'); print(\'{"code": "LEAK001"}\'); print(\'{"code": "LEAK001"}\')')
    assert command([sys.executable, str(tool)], case()) == Said((Flag("LEAK001"),))


def test_a_tool_that_breaks_has_said_nothing() -> None:
    def broken(_: LeakCase) -> Said:
        raise RuntimeError("out of paper")

    found = measured(broken, case("LEAK001"))
    assert found.flags == ()
    assert "out of paper" in found.error


def test_the_last_result_for_a_path_counts(tmp_path: Path) -> None:
    out = tmp_path / "out.jsonl"
    out.write_text(
        '{"path": "a.py", "seconds": 1.0, "flags": [], "error": "x"}\n'
        '{"path": "a.py", "seconds": 2.0, "flags": [{"code": "OVR002", "certainty": "confirmed", "source": "outside"}],'
        ' "error": ""}\n'
    )
    assert read(out) == {"a.py": Result((Flag("OVR002"),), path="a.py", seconds=2.0)}
