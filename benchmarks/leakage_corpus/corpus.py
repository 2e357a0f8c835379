"""The corpus as values: what each pipeline truly does, and which part of the corpus it belongs to."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal, get_args

HERE = Path(__file__).parent
TABLES = tuple(
    f"{name}.toml"
    for name in (
        "cases",
        "honest",
        "fresh",
        "neighbours",
        "tickets",
        "demand",
        "flats",
        "readings",
        "vans",
        "schools",
        "takehome",
        "twins",
        "office",
        "everyday",
        "history",
        "strangers",
        "before",
        "after",
        "crafts",
        "again",
        "applicants",
        "visitors",
        "callers",
        "guests",
        "mended",
        "lodgers",
    )
)
#: Parts that the coin does not divide, on the rows that each case names.
WHOLE = (
    *("fresh", "neighbours", "schools", "takehome", "twins", "office"),
    *("everyday", "history", "strangers", "before", "after", "crafts", "again", "applicants", "visitors"),
    "callers",
    "guests",
    "mended",
    "lodgers",
)
#: The challenge whose rows the pipelines of a folder are for; all others are for `ml_pipeline` unless their table
#: says otherwise.
CHALLENGES = {
    "tickets": "ticket_routing",
    "demand": "store_demand",
    "flats": "flats",
    "readings": "readings",
    "vans": "vans",
}
FOLDERS = ("", *(f"{folder}/" for folder in (*WHOLE, *CHALLENGES)))
HALVES = tuple(f"{folder}{half}" for folder in FOLDERS for half in ("leaky", "honest"))
Part = Literal[
    "tuned",
    "untouched",
    "fresh",
    "neighbours",
    "tickets",
    "tickets_last",
    "demand",
    "demand_last",
    "flats",
    "readings",
    "vans",
    "schools",
    "takehome",
    "twins",
    "office",
    "everyday",
    "history",
    "strangers",
    "before",
    "after",
    "crafts",
    "again",
    "applicants",
    "visitors",
    "callers",
    "guests",
    "mended",
    "lodgers",
]
#: Written to be looked at in two halves, which the coin tells apart.
HALVED = ("tickets", "demand")
CHALLENGE = "ml_pipeline"
PARTS: tuple[Part, ...] = get_args(Part)


@dataclass(frozen=True)
class LeakCase:
    """One pipeline and the truth about it.

    path: a file or folder under this folder.
    codes: what is truly there, the main kind first; empty for an honest pipeline.
    undecided: codes that a careful person may name or not; they count neither for nor against a tool.
    where: the places of the leak, `file:line` or `file, cell n, line m`; empty for an honest pipeline.
    challenge: the id of the challenge whose rows the pipeline is for.
    """

    path: str
    codes: tuple[str, ...]
    undecided: tuple[str, ...]
    style: str
    truth: str
    where: tuple[str, ...]
    challenge: str = CHALLENGE

    @property
    def slug(self) -> str:
        return Path(self.path).stem

    @property
    def location(self) -> Path:
        return HERE / self.path

    @property
    def honest(self) -> bool:
        return not self.codes

    @property
    def part(self) -> Part:
        folder, last = self.folder, coin(self.slug) == "untouched"
        if folder in CHALLENGES:
            part: Part = f"{folder}_last" if last and folder in HALVED else folder  # type: ignore[assignment]  # one of PARTS
            return part
        return folder if folder in WHOLE else coin(self.slug)  # type: ignore[return-value]  # as above

    @property
    def folder(self) -> str:
        return _folder(self.path)


def coin(slug: str) -> Part:
    """Which part a case belongs to: the first bit of the SHA-256 of its slug, so that nobody chooses."""
    return "untouched" if hashlib.sha256(slug.encode()).digest()[0] & 0x80 else "tuned"


@cache
def cases() -> tuple[LeakCase, ...]:
    """Every case of both halves, by path."""
    tables = [HERE / name for name in TABLES if (HERE / name).exists()]
    rows = [row for table in tables for row in tomllib.loads(table.read_text("utf-8"))["case"]]
    return tuple(sorted((_case(row) for row in rows), key=lambda case: case.path))


def files() -> Iterator[str]:
    """The path of every pipeline that lies in the corpus, whether a table names it or not."""
    for half in HALVES:
        for found in sorted((HERE / half).iterdir()) if (HERE / half).is_dir() else ():
            if found.suffix in {".py", ".ipynb"} or (found.is_dir() and found.name != "__pycache__"):
                yield found.relative_to(HERE).as_posix()


def _case(row: dict[str, Any]) -> LeakCase:
    return LeakCase(
        path=row["path"],
        codes=tuple(row["codes"]),
        undecided=tuple(row.get("undecided", ())),
        style=row["style"],
        truth=row.get("truth") or row["why"],
        where=tuple(row.get("where", ())),
        challenge=row.get("challenge") or CHALLENGES.get(_folder(row["path"]), CHALLENGE),
    )


def _folder(path: str) -> str:
    return path.partition("/")[0]
