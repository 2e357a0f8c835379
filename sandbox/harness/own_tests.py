"""The candidate's own tests under pytest, and how much of the rest of the submission they run.

Of the candidate's settings only those count that say where tests and modules lie; a conftest.py does, since fixtures
live there.
"""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from fnmatch import fnmatch
from importlib.machinery import SourceFileLoader
from typing import Any

from ..protocol.roots import roots_under
from . import marks
from .pytest_settings import arguments

TEST_NAMES = ("test_*.py", "*_test.py", "conftest.py")
TEST_FILES = (*TEST_NAMES, *(f"*/{name}" for name in TEST_NAMES), "tests/*", "*/tests/*")
NOT_RUN = r"^\s*if (typing\.)?TYPE_CHECKING:"  # all that may be left out: no mark of the candidate's hides a line
MAX_TESTS = 1000
MAX_NAME = 300
MAX_MESSAGE = 500
MAX_MISSED = 20_000  # lines of one file


class Results:
    """A pytest plugin that keeps how each test ended: the worst of its setup, call and teardown.

    Test files named `first` run first, in this order; the rest, and the tests of one file, keep theirs.
    """

    def __init__(self, folder: str, first: Sequence[str], until_failure: bool = False) -> None:
        self.until_failure = until_failure
        self.folder = folder
        self.rank = {os.path.realpath(os.path.join(folder, path)): place for place, path in enumerate(first)}
        self.tests: dict[str, dict[str, Any]] = {}
        self.collection_errors: list[dict[str, Any]] = []

    def pytest_sessionstart(self, session: Any) -> None:
        self.session = session

    def stop(self) -> None:
        """End the run at a failure, where that is all there is to know: no option of the run tells of it."""
        if self.until_failure:
            self.session.shouldfail = "a test has failed"

    def pytest_runtest_makereport(self, item: Any) -> None:
        """Leave the traceback out where nobody reads it: putting it into words takes longer than many a suite."""
        if self.until_failure:
            item.repr_failure = item._repr_failure_py = lambda *_, **__: "a test has failed"

    def pytest_runtest_logreport(self, report: Any) -> None:
        test = self.tests.setdefault(report.nodeid, {"seconds": 0.0, "outcome": "passed", "message": ""})
        test["seconds"] += report.duration
        if report.failed:
            test["outcome"] = "failed" if report.when == "call" else "error"
            test["message"] = str(report.longreprtext)[-MAX_MESSAGE:]
            self.stop()
        elif report.skipped and test["outcome"] == "passed":
            test["outcome"] = "skipped"

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        items.sort(key=lambda item: self.rank.get(os.path.realpath(item.path), len(self.rank)))

    def pytest_collectreport(self, report: Any) -> None:
        if report.failed:
            text = str(report.longreprtext)[-MAX_MESSAGE:]
            self.collection_errors.append({"id": str(report.nodeid)[:MAX_NAME], "message": text})
            self.stop()

    def pytest_internalerror(self, excinfo: Any) -> None:
        self.cannot_begin(excinfo.value)

    def cannot_begin(self, error: BaseException) -> None:
        """Keep what ended pytest itself: mostly a conftest.py that cannot be imported."""
        path = os.path.relpath(getattr(error, "path", "") or "conftest.py", self.folder)
        cause = getattr(error, "cause", error)
        text = f"{type(cause).__name__}: {cause}"[:MAX_MESSAGE]
        self.collection_errors.append({"id": path[:MAX_NAME], "message": text, "conftest": True})


def plant(folder: str, planted: Mapping[str, bytes]) -> None:
    """Let the modules of these paths be made from another text; whoever reads a file reads the candidate's own."""
    texts = {os.path.realpath(os.path.join(folder, path)): text for path, text in planted.items()}
    usual = SourceFileLoader.source_to_code

    def source_to_code(self: SourceFileLoader, data: Any, path: Any, **options: Any) -> Any:
        return usual(self, texts.get(os.path.realpath(path), data), path, **options)

    SourceFileLoader.source_to_code = source_to_code  # type: ignore[method-assign,assignment]


def run_tests(
    folder: str, planted: Mapping[str, bytes], first: Sequence[str] = (), traced: bool = False
) -> dict[str, Any]:
    """{"total", "passed", "failed", "errors", "skipped", "coverage": 0..1, "tests": [...], "files": [...]}.

    A test file that cannot be imported counts as one error in the total.  A run over `planted` modules ends with the
    first test that fails, and does not measure which lines it runs.  A `traced` one counts lines by marks in the code;
    NotMarked where the marks may have missed some, or have been in a test's way.
    """
    sys.path.insert(0, folder)
    sys.path += roots_under(folder)
    results = Results(folder, first, until_failure=traced or bool(planted))
    if planted:
        plant(folder, planted)
        run_pytest(folder, results)
        return summary(results) | {"coverage": 0.0, "files": []}
    import coverage  # noqa: PLC0415  (in the image, and of use to this run alone)

    measured = coverage.Coverage(data_file=None, config_file=False, source=[folder], messages=False)
    measured.clear_exclude()
    measured.exclude(NOT_RUN)
    if traced:
        with marks.lines(folder, source_files(folder)) as ran:
            run_pytest(folder, results)
        found = summary(results)
        if found["passed"] + found["skipped"] < found["total"]:
            raise marks.NotMarked("a test has failed")
        measured.get_data().add_lines(ran)
        return found | covered(measured, folder)
    measured.start()
    try:
        run_pytest(folder, results)
    finally:
        measured.stop()
    return summary(results) | covered(measured, folder)


def run_pytest(folder: str, results: Results) -> None:
    import pytest  # noqa: PLC0415

    class Conftests:
        """What fails before a test is collected is an error of the tests, and not their absence."""

        @pytest.hookimpl(wrapper=True)
        def pytest_load_initial_conftests(self) -> Generator[None]:
            try:
                return (yield)
            except BaseException as error:
                results.cannot_begin(error)
                raise

    os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"
    os.environ.pop("PYTEST_ADDOPTS", None)
    own = ["-p", "no:cacheprovider", "-c", os.devnull, "--rootdir", folder, "-q", "--tb=short"]
    own += ["--color=no", "--continue-on-collection-errors"]
    try:
        pytest.main([*own, *arguments(folder)], plugins=[results, Conftests()])
    except (Exception, SystemExit):
        if not results.collection_errors:
            raise


def summary(results: Results) -> dict[str, Any]:
    ended = Counter(test["outcome"] for test in results.tests.values())
    errors = ended["error"] + len(results.collection_errors)
    listed = [{"id": name[:MAX_NAME], **test} for name, test in list(results.tests.items())[:MAX_TESTS]]
    return {
        "total": len(results.tests) + len(results.collection_errors),
        "passed": ended["passed"],
        "failed": ended["failed"],
        "errors": errors,
        "skipped": ended["skipped"],
        "tests": listed,
        "collection_errors": results.collection_errors[:MAX_TESTS],
    }


def covered(measured: Any, folder: str) -> dict[str, Any]:
    """Lines run of all lines outside the tests, for each file and as one share."""
    files = [file for path in sorted(source_files(folder)) if (file := file_coverage(measured, folder, path))]
    lines, run = sum(file["lines"] for file in files), sum(file["run"] for file in files)
    return {"coverage": run / lines if lines else 0.0, "files": files}


def file_coverage(measured: Any, folder: str, path: str) -> dict[str, Any] | None:
    try:
        _, statements, _, missing, _ = measured.analysis2(os.path.join(folder, path))
    except Exception:  # no Python, or none that this version reads
        return None
    ran = {"lines": len(statements), "run": len(statements) - len(missing)}
    return {"path": path, **ran, "missed": sorted(missing)[:MAX_MISSED]}


def source_files(folder: str) -> list[str]:
    found = [
        os.path.relpath(os.path.join(below, name), folder)
        for below, _, names in os.walk(folder)
        for name in names
        if name.endswith(".py")
    ]
    return [path for path in found if not any(fnmatch(path, pattern) for pattern in TEST_FILES)]
