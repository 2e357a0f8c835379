"""Intake against chance: mutated archives, and notebooks made of random statements."""

from __future__ import annotations

import gzip
import json
import tracemalloc
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from app.intake import Rejected, unpack
from app.intake.archives.entries import MAX_TOTAL, gather
from app.intake.archives.tars import tar_entries
from app.intake.archives.zips import zip_entries
from app.intake.notebook.read import read_notebook
from app.intake.problems import HINTS
from tests.app.intake.make import PACKAGES, PIPELINE, notebook, tarred, zipped

FILES = {"pipeline.py": PIPELINE, "src/model.py": "x = 1\n" * 200, ".git/HEAD": "ref", "é.txt": "y"}
ZIP = zipped(FILES)
TAR = tarred(list(FILES.items()))
RAW = [("a" * 120 + "/" + "b" * 120, "z" * 700), *FILES.items()]

edits = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=8)


def mutated(data: bytes, changes: list[tuple[float, int]], keep: float) -> bytes:
    """Some bytes replaced, and the end cut off."""
    changed = bytearray(data)
    for at, value in changes:
        changed[int(at * (len(changed) - 1))] = value
    return bytes(changed[: max(1, int(keep * len(changed)))])


def peak_of(read: Any, data: bytes) -> int:
    """Bytes of memory that reading takes; a Rejected is an answer like any other."""
    tracemalloc.start()
    code = code_of(lambda: read(data))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert code is None or code in HINTS
    return peak


def code_of(call: Callable[[], object]) -> str | None:
    """The code of the refusal, or None; whatever else is raised fails the test."""
    try:
        call()
    except Rejected as refused:
        return refused.problem.code
    return None


@settings(max_examples=150)
@given(edits, st.sampled_from([1.0, 1.0, 0.9, 0.5]))
def test_a_mutated_zip_is_read_or_refused(changes: list[tuple[float, int]], keep: float) -> None:
    """No damage to a zip raises anything but Rejected, or makes it grow beyond the limits."""
    data = mutated(ZIP, changes, keep)
    assert peak_of(lambda d: gather(zip_entries(d)), data) < 3 * MAX_TOTAL


@settings(max_examples=150)
@given(edits, st.sampled_from([1.0, 1.0, 0.9, 0.5]))
def test_a_mutated_tar_is_read_or_refused(changes: list[tuple[float, int]], keep: float) -> None:
    """No damage to the tar inside a sound gzip raises anything but Rejected."""
    data = gzip.compress(mutated(gzip.decompress(tarred(RAW)), changes, keep), 1)
    assert peak_of(lambda d: gather(tar_entries(d)), data) < 3 * MAX_TOTAL


@settings(max_examples=100)
@given(edits, st.sampled_from([1.0, 0.9]))
def test_a_mutated_gzip_is_read_or_refused(changes: list[tuple[float, int]], keep: float) -> None:
    """No damage to the gzip around a tar raises anything but Rejected."""
    assert peak_of(lambda d: gather(tar_entries(d)), mutated(TAR, changes, keep)) < 3 * MAX_TOTAL


@settings(max_examples=40)
@given(st.binary(min_size=1, max_size=300), st.sampled_from(["a.zip", "a.tgz", "a.py", "a.ipynb", "a"]))
def test_any_bytes_are_a_submission_or_refused(data: bytes, name: str) -> None:
    """Whatever is uploaded under whatever name ends in one of two ways."""
    code = code_of(lambda: unpack(data, name, PACKAGES))
    assert code is None or code in HINTS


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=6,
)


@settings(max_examples=60)
@given(st.sampled_from([1, 2, 3, 4, 5]), json_values, st.sampled_from(["cells", "worksheets", "metadata"]))
def test_any_json_is_a_notebook_or_refused(version: int, value: object, key: str) -> None:
    """A malformed notebook of any version is refused, not tripped over."""
    book = json.dumps({"nbformat": version, "nbformat_minor": 0, key: value}).encode()
    code = code_of(lambda: unpack(book, "a.ipynb", PACKAGES))
    assert code in {"NOTEBOOK_BROKEN", "NOTEBOOK_LANGUAGE", "FUNCTION_MISSING"}


NAMES = ("a", "b", "c", "d", "f", "g")
names = st.sampled_from(NAMES)
numbers = st.integers(0, 9)
statements = st.one_of(
    st.builds("{} = [{}]".format, names, numbers),
    st.builds("{} = list({})".format, names, names),
    st.builds("{} = {}".format, names, names),
    st.builds("{} = [len({}), *{}[:3]]".format, names, names, names),
    st.builds("{}.append({})".format, names, numbers),
    st.builds("{} += [{}]".format, names, numbers),
    st.builds("{}[0] = {}".format, names, numbers),
    st.builds("{}, {} = list({}), [{}]".format, names, names, names, numbers),
    st.builds("if len({}) > {}:\n    {} = [{}]".format, names, numbers, names, numbers),
    st.builds("for i in range(2):\n    {}.append(len({}) + i)".format, names, names),
    st.builds("def h{}(): return list({})".format, numbers, names),
    st.builds("def h{}(x=len({})): return [x]".format, numbers, names),
    st.builds("def h{}():\n    {}.append(1)\n    return []".format, numbers, names),
    st.builds("def h{}():\n    global a\n    a = [{}]\n    return []".format, numbers, numbers),
    st.builds("{} = h{}()".format, names, numbers),
    st.builds("h{} = h{}".format, numbers, numbers),
    st.builds("h{} = make_{}()".format, numbers, names),
    st.builds("h{} = lambda: [*{}]".format, numbers, names),
    st.builds("store['k'] = h{}\n{} = store['k']()".format, numbers, names),
    st.builds("h{}()".format, numbers),
    st.builds("print_({})".format, names),
)
MAKERS = [f"def make_{n}():\n    def inner(): return list({n})\n    return inner" for n in NAMES]
START = "\n".join(
    ["store = {}", *MAKERS, *(f"{n} = [0]" for n in NAMES), *(f"def h{i}(): return [{i}]" for i in range(10))]
)
REST = "def print_(x): pass\ndef evaluate(data): return {}\ndef predict(data, model_dir): return []"


@settings(max_examples=80)
@given(st.lists(statements, max_size=14), st.lists(names | numbers.map("h{}()".format), min_size=1, max_size=2))
def test_a_slice_computes_what_the_notebook_computes(body: list[str], wanted: list[str]) -> None:
    """Whatever the cells do to the names that train needs, the slice does the same."""
    train = f"def train(data, model_dir): return [{', '.join(wanted)}]"
    cells = [START, REST, *body, train]
    whole: dict[str, Any] = {}
    exec("\n".join(cells), whole)  # noqa: S102 - generated above
    part: dict[str, Any] = {}
    exec(read_notebook(notebook(*cells), "n.ipynb", frozenset()).program, part)  # noqa: S102
    assert part["train"](None, None) == whole["train"](None, None)


def test_a_notebook_of_many_dependent_statements_takes_bounded_work() -> None:
    """The steps of a slice are counted: a long chain passes, a mesh of thousands is refused."""
    count = 2900
    chain = "\n".join(["a0 = 0", *(f"a{i} = a{i - 1}" for i in range(1, count))])
    ending = f"def train(data, model_dir): return a{count - 1}"
    assert read_notebook(notebook(chain, REST, ending), "n.ipynb", frozenset()).program.count(b"\n") == count + 3
    mesh = "\n".join(f"def f{i}(): return f{(7 * i) % 700}() + f{(i + 1) % 700}()\nx{i} = f{i}()" for i in range(700))
    with pytest.raises(Rejected, match="CODE_TOO_COMPLEX"):
        read_notebook(notebook(mesh, REST, "def train(d, m): return x699"), "n.ipynb", frozenset())
