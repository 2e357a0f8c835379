"""Reading on the host: bounded whatever the text, blind to names and settings, and it executes nothing."""

from __future__ import annotations

import json
import sys
import textwrap
from pathlib import Path

import pytest

from graders.model.challenge import Limits
from graders.model.probe import Action, Exit, Probe, Run, SandboxError
from graders.model.submission import Source
from sandbox.host.local import LocalSandbox
from sandbox.protocol.failure import Starved
from sandbox.static_tools import analyser, analysis
from sandbox.static_tools.bounded import Bounds, Overrun
from testing.builders import a_notebook, a_submission

ROOMY = Limits(cpu_seconds=20, seconds=300, memory_mb=2048)


def read(files: dict[str, str], action: Action = Action.RUFF, limits: Limits = ROOMY) -> Run:
    return analysis.run(a_submission(files), Probe(str(action), action, limits=limits))


def codes(run: Run) -> list[tuple[str, str]]:
    return [(item["path"], item["code"]) for item in json.loads(run.output)["violations"]]


HOSTILE: dict[str, dict[str, str]] = {
    "many lines": {"pipeline.py": "x=1\n" * 100_000},
    "a deep unary chain": {"pipeline.py": "x = " + "-" * 200_000 + "1\n"},
    "deep brackets": {"pipeline.py": "x = " + "(" * 100_000 + ")" * 100_000},
    "a long attribute chain": {"pipeline.py": "x = a" + ".b" * 100_000 + "\n"},
    "one line of 5 MB": {"pipeline.py": "x = '" + "y" * 5_000_000 + "'\n"},
    "no text": {"pipeline.py": "\0\ud7ff"},
    "nothing": {"pipeline.py": ""},
}


@pytest.mark.parametrize("action", [Action.RUFF, Action.RADON])
@pytest.mark.parametrize("files", HOSTILE.values(), ids=HOSTILE)
def test_hostile_text_ends_in_time(files: dict[str, str], action: Action) -> None:
    """Each tool answers, or is ended as the submission's own fault, within its limits."""
    run = read(files, action)
    assert run.exit is not Exit.OK or json.loads(run.output)


DEAR = "\n".join(f"def f{n}(x):\n    return [x + {n} if x > {n} else -x for _ in range({n})]\n" for n in range(6000))


def test_processor_time_goes_with_the_text() -> None:
    """Whoever hands in what is dear to read is told its limit."""
    run = read({f"m{n}.py": DEAR for n in range(4)}, Action.RADON, Limits(cpu_seconds=1))
    assert run.failure is not None
    assert run.failure.kind == "CPU_LIMIT"
    assert run.prevented


def test_a_program_that_is_started_shares_the_limits(tmp_path: Path) -> None:
    """What ends ruff ends the reading."""
    command = (sys.executable, "-c", "while True: pass")
    with pytest.raises(Overrun):
        analysis.READERS.call(Bounds(cpu_seconds=1), analyser.first_bytes, command, str(tmp_path), 10)


@pytest.mark.parametrize("action", [Action.RUFF, Action.RADON])
def test_a_wall_clock_that_runs_out_is_ours(action: Action) -> None:
    """No reader sleeps: others had the core.  It is tried again, as everything that starves."""
    with pytest.raises(Starved):
        read({"pipeline.py": "x = f(1)\n" * 20_000}, action, limits=Limits(cpu_seconds=20, seconds=0.001))


def test_a_missing_tool_is_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody loses points for our installation."""
    monkeypatch.setattr(analysis, "ANALYSES", {Action.RUFF: no_such_tool})
    with pytest.raises(SandboxError, match="could not be run"):
        read({"pipeline.py": "x = 1\n"})


def no_such_tool(_folder: str) -> dict[str, object]:
    raise FileNotFoundError("ruff")


@pytest.mark.parametrize("encoding", ["latin-1", "cp1252", "utf-8-sig", "utf-8"])
def test_every_encoding_that_python_reads_is_read(encoding: str) -> None:
    """A coding line counts as it does in Python."""
    cookie = "" if encoding.startswith("utf-8") else f"# -*- coding: {encoding} -*-\n"
    source = f"{cookie}def f(x):\n    return 'Größe' if x else undefined\n".encode(encoding)
    submission = a_submission({"pipeline.py": source})
    ruff, radon = (
        json.loads(analysis.run(submission, Probe(str(action), action, limits=ROOMY)).output)
        for action in (Action.RUFF, Action.RADON)
    )
    assert [item["code"] for item in ruff["violations"]] == ["F821"]
    assert [(item["name"], item["complexity"]) for item in radon["functions"]] == [("f", 2)]
    assert not radon["unreadable"]


@pytest.mark.parametrize(
    "beside",
    [
        {"ruff.toml": "exclude = ['*']\n", ".gitignore": "*\n"},
        {"pyproject.toml": "[tool.ruff]\nlint.ignore = ['ALL']\n"},
        {"json.py": "raise SystemExit\n", "radon/__init__.py": "raise SystemExit\n"},
    ],
)
def test_nothing_beside_the_module_counts(beside: dict[str, str]) -> None:
    """Settings, ignore files and modules named as the tools change nothing."""
    source = "# ruff: noqa\nimport os  # noqa\n"
    alone, together = (codes(read({"pipeline.py": source, **more})) for more in ({}, beside))
    assert ("pipeline.py", "F401") in alone
    assert [found for found in together if found[0] == "pipeline.py"] == alone


def test_no_name_of_the_candidates_reaches_the_disk(tmp_path: Path) -> None:
    """Modules are written under names of ours, whatever they were called."""
    names = analysis.lay_out(tmp_path, a_submission({"a b;c.py": "x = 1\n", "--fix.py": "", "d/e.py": ""}))
    assert sorted(path.name for path in tmp_path.iterdir()) == sorted(names) == ["m0000.py", "m0001.py", "m0002.py"]
    assert set(names.values()) == {"a b;c.py", "--fix.py", "d/e.py"}


def test_nothing_of_the_submission_is_executed(tmp_path: Path) -> None:
    """A module that would write a file as it is imported or run writes none."""
    mark = tmp_path / "ran"
    for action in (Action.RUFF, Action.RADON):
        read({"pipeline.py": f"open({str(mark)!r}, 'w').write('x')\n", "conftest.py": "1 / 0\n"}, action)
    assert not mark.exists()


def test_a_notebook_is_read_in_whole() -> None:
    """All cells are read, under the notebook's own name, and not the program cut from them."""
    notebook = a_notebook(notebooks=(Source("churn.ipynb", b"import os\n\n\nx = 1\n", ((1, 1),) * 4),))
    run = analysis.run(notebook, Probe("ruff", Action.RUFF, limits=ROOMY))
    assert codes(run) == [("churn.ipynb", "F401")]


def test_every_sandbox_reads_in_the_same_way() -> None:
    """A sandbox hands what only reads to this module, so that there is one way."""
    submission = a_submission({"pipeline.py": "import os\n"})
    probe = Probe("ruff", Action.RUFF, limits=ROOMY)
    with LocalSandbox() as box:
        (run,) = box.start(submission, [probe]).result(600)
    assert run.output == analysis.run(submission, probe).output


def test_what_executes_is_refused() -> None:
    """The candidate's tests run candidate code: never here."""
    with pytest.raises(ValueError, match="executes"):
        analysis.run(a_submission(), Probe("tests", Action.TESTS))


def test_a_decorated_function_has_its_cognitive_complexity(tmp_path: Path) -> None:
    """The two tools count lines from different ends of the decorators; the same body counts alike."""
    body = "(rows):\n    for row in rows:\n        if row:\n            return row\n"
    (tmp_path / "a.py").write_text(f"@cache\n@step\ndef marked{body}\n\ndef plain{body}")
    marked, plain = analyser.measure(str(tmp_path / "a.py"), "a.py")
    assert marked["cognitive"] == plain["cognitive"] > 0


def test_functions_count_with_those_within_them(tmp_path: Path) -> None:
    """Branches of an inner function are the outer one's, to define it is none, and methods are found anywhere."""
    plain = "def {}(rows):\n    if rows:\n        rows = 1\n    while rows:\n        rows -= 1\n    return rows\n"
    inner = textwrap.indent(plain.format("inner"), "    ")
    (tmp_path / "a.py").write_text(
        plain.format("plain")
        + f"def factory():\n{inner}"
        + f"def local():\n    class Local:\n{textwrap.indent(inner, '    ')}"
        + f"class A:\n    class B:\n{textwrap.indent(inner, '    ')}"
    )
    found = {each["name"]: each for each in analyser.measure(str(tmp_path / "a.py"), "a.py")}
    assert {name: each["complexity"] for name, each in found.items()} == dict.fromkeys(
        ("plain", "factory", "local", "A.B.inner"), 3
    )
    assert found["factory"]["lines"] == 1 + found["plain"]["lines"]
