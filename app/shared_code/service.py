"""Which works of a challenge share more than the task explains, for those who may read the code of both."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import numpy as np
from sqlalchemy import Connection

from app.errors import Conflict, NotFound
from app.gradings import reading
from app.organisations import service as organisation_service
from app.owned import owned
from app.ports import Service
from app.rights import Principal, hides_names
from app.shared_code import jobs
from app.similarity import READERS, printed
from app.store import fingerprints as store
from app.store import invitations, submissions
from app.store.invitations import Standing
from app.words import _
from graders.model.challenge import Challenge
from graders.model.submission import Source
from graders.report.redact import without_people
from graders.similarity.fingerprints import Fingerprints
from graders.similarity.pairs import Pair, pool
from graders.similarity.pairs import passages as passages_of
from sandbox.static_tools.bounded import OF_A_PROJECT

#: More pairs, more passages and more lines of one nobody looks at.
MOST_PAIRS, MOST_PASSAGES, MOST_LINES = 50, 40, 80
#: Fingerprints of starters that a process keeps; each has some kB.
STARTERS = 64


@dataclass(frozen=True)
class SharedPair:
    """Two candidates whose works share much, and the part of what is particular to the shorter work, 0 to 1."""

    first: Standing
    second: Standing
    share: float


@dataclass(frozen=True)
class Found:
    """`works` were compared; `pairs` are those that this reader may see, the most alike first."""

    works: int
    pairs: tuple[SharedPair, ...]


@dataclass(frozen=True)
class Lines:
    """Lines `first` to `last` of a candidate's file, and their text; `cell` is that of a notebook."""

    path: str
    first: int
    last: int
    cell: int | None
    text: str


@dataclass(frozen=True)
class SharedPassage:
    """What two works both say; `others` is how many further works say it too: the least and the most of its parts."""

    first: Lines
    second: Lines
    others: tuple[int, int]


@dataclass(frozen=True)
class Beside:
    """Two works side by side.  Of all `works` of the challenge, `alike` pairs share as much as would be shown."""

    pair: SharedPair
    works: int
    alike: int
    passages: tuple[SharedPassage, ...]


def of_challenge(service: Service, who: Principal, challenge_id: str) -> Found:
    """All pairs of a challenge.  Raises Invalid where there is no such challenge."""
    return _found(service, who, service.challenge(challenge_id), None)


def of_invitation(service: Service, who: Principal, invitation_id: str) -> Found:
    """The pairs that one candidate's work is part of.  Raises NotFound."""
    with service.reader.connect() as connection:
        standing = owned(invitations.standing, connection, invitation_id, who.org_id)
    return _found(service, who, service.challenge(standing.invitation.challenge), invitation_id)


def beside(service: Service, who: Principal, invitation_id: str, other_id: str) -> Beside:
    """Two works that share much, passage by passage.

    Raises NotFound where they do not, Conflict where the reader is to rate one of them first or a work has gone.
    """
    with service.reader.connect() as connection:
        standings = [owned(invitations.standing, connection, each, who.org_id) for each in (invitation_id, other_id)]
        held = reading.held(connection, who)
        if held.of(invitation_id) or held.of(other_id):
            raise Conflict("scorecard-first", _("You see shared code once you have submitted your own scorecards."))
        challenge_id = standings[0].invitation.challenge
        kept = {each.invitation_id: each for each in store.of_challenge(connection, who.org_id, challenge_id)}
        if invitation_id == other_id or not {invitation_id, other_id} <= kept.keys():
            raise NotFound
        rows = [submissions.find(connection, kept[each].submission_id) for each in (invitation_id, other_id)]
    try:
        works = [jobs.read(service, row) for row in rows if row is not None]
    except FileNotFoundError:
        works = []
    if len(works) < 2:
        raise Conflict("no-report", _("One of these works is no longer there."))
    (first, first_prints), (second, second_prints) = works
    read = {invitation_id: first_prints, other_id: second_prints}
    among = pool(_prints(list(kept.values())) | read, _kit(service.challenge(challenge_id)))
    pairs = among.pairs()
    pair = next((each for each in pairs if {each.first, each.second} == {invitation_id, other_id}), None)
    if pair is None:
        raise NotFound
    names = _names(service, who, standings)
    sides = [{source.path: source for source in work.sources} for work in (first, second)]
    passages = tuple(
        SharedPassage(_lines(sides[0], each.first, names), _lines(sides[1], each.second, names), each.others)
        for each in passages_of(first_prints, second_prints, among)[:MOST_PASSAGES]
    )
    return Beside(SharedPair(standings[0], standings[1], pair.share), len(kept), len(pairs), passages)


def _found(service: Service, who: Principal, challenge: Challenge, of: str | None) -> Found:
    with service.reader.connect() as connection:
        kept = store.of_challenge(connection, who.org_id, challenge.id)
        works = _prints(kept)
        if of is not None and of not in works:
            return Found(len(works), ())
        pairs = pool(works, _kit(challenge)).pairs(of)
        return Found(len(works), _seen(connection, who, pairs))


def _seen(connection: Connection, who: Principal, pairs: Sequence[Pair]) -> tuple[SharedPair, ...]:
    """Pairs with their candidates, without those whom the reader is to rate first."""
    held = reading.held(connection, who)
    open_ = [pair for pair in pairs if not (held.of(pair.first) or held.of(pair.second))][:MOST_PAIRS]
    ids = {each for pair in open_ for each in (pair.first, pair.second)}
    known = {each: invitations.standing(connection, each, who.org_id) for each in ids}
    sides = [(known[pair.first], known[pair.second], pair.share) for pair in open_]
    return tuple(SharedPair(first, second, share) for first, second, share in sides if first and second)


def _prints(kept: Sequence[store.Kept]) -> dict[str, Fingerprints]:
    """What is kept, ready to be compared; where it stands in the text is not kept."""
    hashes = {each.invitation_id: np.frombuffer(each.hashes, "<u8").astype(np.uint64) for each in kept}
    return {key: Fingerprints(found, np.zeros((len(found), 3), np.int32), (), 0) for key, found in hashes.items()}


def _kit(challenge: Challenge) -> list[Fingerprints]:
    starter = challenge.folder / "starter"
    return [_of_starter(starter, starter.stat().st_mtime_ns)] if starter.is_dir() else []


@lru_cache(STARTERS)
def _of_starter(starter: Path, _changed: int) -> Fingerprints:
    return READERS.call(OF_A_PROJECT, printed, starter)


def _names(service: Service, who: Principal, standings: Sequence[Standing]) -> tuple[str, ...] | None:
    """What is to be taken out of the code for this reader; None where nothing is."""
    blind = hides_names(who, organisation_service.policies(service, who).blind)
    return tuple(name for each in standings for name in each.candidate.known_as) if blind else None


def _lines(sources: dict[str, Source], place: tuple[str, int, int], names: tuple[str, ...] | None) -> Lines:
    path, first, last = place
    source = sources[path]
    text = "\n".join(source.text.decode("utf-8", "replace").split("\n")[first - 1 : min(last, first - 1 + MOST_LINES)])
    begin, end = source.locate(first), source.locate(last)
    if names is not None:
        text, path = without_people(text, names), without_people(path, names)
    return Lines(path, begin.line or first, end.line or last, begin.cell, text)
