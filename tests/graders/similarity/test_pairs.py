"""Copies are found whatever was done to their look; works that only answer the same task are not paired."""

from __future__ import annotations

import ast

import numpy as np
import pytest

from benchmarks.similarity import WAYS, copied, kit_prints, pools
from graders.model.submission import Source
from graders.similarity.fingerprints import MOST_NODES, PUBLIC, fingerprints
from graders.similarity.pairs import COMMON, passages, pool
from tests.graders.similarity.names import names

REFERENCES = {name: (works, kit_prints(kit)) for name, (works, kit) in pools([]).items() if name != "corpus"}


@pytest.mark.parametrize("challenge", REFERENCES)
def test_references_of_a_challenge_give_no_pair(challenge: str) -> None:
    """They answer one task, independently of each other."""
    works, kit = REFERENCES[challenge]
    assert pool({key: fingerprints(work) for key, work in works.items()}, kit).pairs() == ()


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("original", ["good", "notebook", "ugly_but_right"])
def test_a_copy_is_paired_with_its_original_and_nobody_else(original: str, way: str) -> None:
    """Other names, order, files, numbers and comments change nothing."""
    works, kit = REFERENCES["ml_pipeline"]
    prints = {key: fingerprints(work) for key, work in works.items()}
    (pair,) = pool({**prints, "copy": fingerprints(copied(works[original], WAYS[way], 1))}, kit).pairs()
    assert {pair.first, pair.second} == {"copy", original}
    assert 0.4 <= pair.share <= 1
    assert pool({**prints, "copy": fingerprints(works[original])}, kit).pairs("copy")[0].share == pytest.approx(1)


def test_what_was_given_to_everybody_pairs_nobody() -> None:
    """The same work as a kit: nothing particular is left of two copies."""
    works, kit = REFERENCES["ml_pipeline"]
    good = fingerprints(works["good"])
    assert pool({"a": good, "b": good}, kit).pairs() != ()
    assert pool({"a": good, "b": good}, [*kit, good]).pairs() == ()


def test_what_many_share_is_the_task() -> None:
    """A ring of three in twelve is seen; what more than a third have in common is not held against anybody."""
    works, kit = REFERENCES["ml_pipeline"]
    prints = {key: fingerprints(work) for key, work in works.items()}
    good = prints.pop("good")
    ring = prints | {f"ring {n}": good for n in range(3)}
    assert {(pair.first, pair.second) for pair in pool(ring, kit).pairs()} == {
        ("ring 0", "ring 1"), ("ring 0", "ring 2"), ("ring 1", "ring 2"),
    }  # fmt: skip
    many = prints | {f"ring {n}": good for n in range(round(len(prints) * COMMON / (1 - COMMON)) + 2)}
    assert pool(many, kit).pairs() == ()


def test_passages_say_where_and_how_many_others() -> None:
    """Lines of both works, so that a person can look at them side by side."""
    works, kit = REFERENCES["ml_pipeline"]
    prints = {key: fingerprints(work) for key, work in works.items()}
    copy = fingerprints(copied(works["good"], WAYS["split"], 1))
    among = pool({**prints, "copy": copy}, kit)
    shown = passages(prints["good"], copy, among)
    assert len(shown) > 5
    lines = {source.path: source.text.count(b"\n") + 1 for source in works["good"]}
    for passage in shown:
        path, first, last = passage.first
        assert 1 <= first <= last <= lines[path]
        assert passage.second[0].startswith("part")
        assert 0 <= passage.others[0] <= passage.others[1] < len(prints)
    covered = sum(passage.first[2] - passage.first[1] + 1 for passage in shown)
    assert covered > sum(lines.values()) / 4


@pytest.mark.parametrize("text", [b"", b"x = ", b"\x00", b"import os\n", "é = 1\n".encode("latin-1")])
def test_what_is_no_python_or_little_has_no_fingerprints(text: bytes) -> None:
    """It is no error, and pairs nobody."""
    prints = fingerprints([Source("a.py", text)])
    assert len(prints.distinct) == 0
    assert pool({"a": prints, "b": prints}).pairs() == ()
    assert pool({}).pairs() == ()


def test_a_huge_work_is_read_up_to_a_limit() -> None:
    """Generated code takes no more time than others'."""
    text = "\n".join(f"a{n} = [1, 2, 3, 4, 5, 6, 7, 8]" for n in range(25_000))
    assert fingerprints([Source("a.py", text.encode())]).nodes == MOST_NODES


def test_the_window_promises_what_it_says() -> None:
    """Whatever two works share over a gram and a window, at least one fingerprint of it is kept in both."""
    body = ast.unparse(ast.parse("\n".join(f"x{n} = f{n % 7}(y[{n}], z.mean(axis={n % 3}))" for n in range(12))))
    one = fingerprints([Source("a.py", f"def a(y, z):\n    q = 1\n{_indented(body)}".encode())])
    other = fingerprints(
        [Source("b.py", f"def b(y, z):\n    for i in y:\n        print(i)\n{_indented(body)}".encode())]
    )
    assert len(np.intersect1d(one.distinct, other.distinct)) >= 1


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))


def test_names_are_those_that_the_libraries_chose() -> None:
    """After another version of a library: `python -m tests.graders.similarity.names > graders/similarity/names.txt`."""
    assert names() == PUBLIC
