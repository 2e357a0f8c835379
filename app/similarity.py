"""Works of one challenge compared with each other, without a service: what `assay similar` prints."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from app.intake.bounded import bounded
from app.intake.problems import Rejected
from app.intake.source_tree import read_source
from graders.model.challenge import Challenge
from graders.model.report import Problem
from graders.similarity.fingerprints import Fingerprints, fingerprints
from graders.similarity.pairs import Pair, Passage, passages, pool
from sandbox.static_tools.bounded import OF_A_PROJECT, ForkServer

READERS = ForkServer("app.similarity")


@dataclass(frozen=True)
class Compared:
    """`refused` are works that could not be read, with the reason; `pairs` the most alike first."""

    works: int
    pairs: tuple[tuple[Pair, tuple[Passage, ...]], ...]
    refused: tuple[tuple[str, Problem], ...]


def compare(
    paths: Sequence[Path], challenge: Challenge | None = None, read: Callable[[str], None] = lambda _name: None
) -> Compared:
    """Pairs that share more than the task explains; the challenge's own starter kit is not counted.

    Each work is read in a process that can be ended.  `read` is told of each work before it is read.
    """
    prints: dict[str, Fingerprints] = {}
    refused: list[tuple[str, Problem]] = []
    for path in paths:
        read(str(path))
        try:
            prints[str(path)] = bounded(READERS, OF_A_PROJECT, printed, path.absolute())
        except Rejected as no:
            refused.append((str(path), no.problem))
    kit = [printed(challenge.folder / "starter")] if challenge and (challenge.folder / "starter").is_dir() else []
    among = pool(prints, kit)
    pairs = tuple((pair, passages(prints[pair.first], prints[pair.second], among)) for pair in among.pairs())
    return Compared(len(prints), pairs, tuple(refused))


def printed(path: Path) -> Fingerprints:
    """The fingerprints of what lies at a path, in this process.  Raises Rejected."""
    return fingerprints(read_source(path).sources)


def plain(compared: Compared) -> dict[str, Any]:
    """As JSON has it: lines count from 1, within the text of a notebook's code cells where it is one."""
    return {
        "works": compared.works,
        "pairs": [
            {
                "works": [pair.first, pair.second],
                "share": round(pair.share, 3),
                "passages": [asdict(passage) for passage in passages],
            }
            for pair, passages in compared.pairs
        ],
        "refused": [
            {"work": work, "code": problem.code, "message": problem.message} for work, problem in compared.refused
        ],
    }
