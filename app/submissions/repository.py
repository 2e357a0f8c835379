"""A git repository, or a bundle of one, as it is asked for, and what is taken from it."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from app.submissions.ssh import KnownHost

BUNDLE = re.compile(rb"# v[23] git bundle\n")
HASH = re.compile(r"[0-9a-f]{40}")


@dataclass(frozen=True)
class Wanted:
    """Which commit of which repository: `ref` is a branch, a tag or a whole commit; empty: what its HEAD says.

    secret: a token, or `user:token`, for this one time; kept nowhere.
    seed: of the invitation's key pair, for an address of SSH; `hosts` the servers whose keys are known.
    """

    url: str
    ref: str = ""
    secret: str = field(default="", repr=False)
    seed: bytes = field(default=b"", repr=False)
    hosts: tuple[KnownHost, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Step:
    """One commit of the timeline: when (RFC 3339), its subject, how many files it changed, how many of them tests."""

    at: str
    subject: str
    files: int
    tests: int
    bytes: int


@dataclass(frozen=True)
class Fetched:
    """`data` is a zip of the commit's files; `steps` the commits up to it, the first one first.

    whole: whether `steps` begins with the first commit of all.
    """

    data: bytes
    name: str
    commit: str
    steps: tuple[Step, ...]
    whole: bool


def is_bundle(data: bytes) -> bool:
    return BUNDLE.match(data) is not None
