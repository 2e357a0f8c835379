"""Reports as one reader may see them: cut by right, without names in blind mode, and not before the own scorecard."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from anyio import to_thread
from sqlalchemy import Connection, select

import graders.report
from app.artifacts import APPENDIX, HTML, JSON, MESSAGES, SARIF
from app.errors import Conflict, NotFound
from app.gradings import printing
from app.platform.secrets import is_id
from app.ports import Service
from app.reviews import panel as panels
from app.rights import Principal, Right, hides_names, rates_first
from app.store import candidates, gradings, members, reports, submissions
from app.store.blobs import result_key
from app.store.record_tables import scorecards
from app.store.reports import Reported
from app.store.rows import Candidate, Filed, Grading, Owner, SubmissionRow
from app.words import ENGLISH, _, language
from graders.report import html, sarif, translated
from graders.report.readers import for_reader
from graders.report.redact import redact
from graders.report.schema import Document, Reader

FILES = (JSON, HTML, SARIF)
#: Bytes that are kept of what was last made; a PDF takes seconds, and each file has some 200 kB.
KEPT = 4 * 2**20


@dataclass(frozen=True)
class Held:
    """Totals that are kept back from a rater: all, but of the invitations whose own scorecard is locked."""

    anything: bool
    rated: frozenset[str] = frozenset()

    def of(self, invitation_id: str | None) -> bool:
        return self.anything and invitation_id is not None and invitation_id not in self.rated


@dataclass(frozen=True)
class Report:
    """One grading's report for one reader.  `names` are taken out of the candidate's text; a PDF names its candidate by
    what they are `called`."""

    grading: Filed
    reader: Reader
    names: tuple[str, ...] | None = None
    called: str = ""

    def tag(self, name: str) -> str:
        """Of one of its files: the same for as long as that file is the same."""
        one = self.grading
        spoken = ENGLISH if name in (JSON, SARIF) else language()
        said = (spoken, one.submission_id, one.run, one.begun, name, self.reader, self.names, self.called, _code())
        return hashlib.sha256(repr(said).encode()).hexdigest()[:32]

    def document(self, service: Service) -> Document:
        """The report as a document."""
        cut = for_reader(stored_document(service, self.grading), self.reader)
        return cut if self.names is None else redact(cut, self.names)[0]

    def file(self, service: Service, name: str) -> bytes:
        """One of `FILES`."""
        stored = self.reader == "interviewer" and self.names is None and (name != HTML or language() == ENGLISH)
        return kept(self.tag(name)) or _keep(
            self.tag(name), _stored(service, self.grading, name) if stored else _rendered(self.document(service), name)
        )

    async def printed(self, service: Service, name: str) -> bytes:
        """Its page as PDF, with code, plots and runs where `name` is the one with the appendix; Unprintable where that
        fails."""
        data = kept(self.tag(name))
        if data is None:
            page = await to_thread.run_sync(self._page, service, name == APPENDIX)
            data = _keep(self.tag(name), await printing.pdf(page))
        return data

    def _page(self, service: Service, appendix: bool) -> str:
        return html.render(self.document(service), appendix=appendix, called=self.called, locale=language())


def stored_document(service: Service, grading: Filed) -> Document:
    """The whole report, with what its sentences were made of where its reader reads another language than it has."""
    document = Document.model_validate_json(_stored(service, grading, JSON))
    if language() == ENGLISH:
        return document
    try:
        return translated.read(document, _stored(service, grading, MESSAGES))
    except FileNotFoundError:  # of an earlier version: what stands in the catalogue as a whole is translated
        return document


def _stored(service: Service, grading: Filed, name: str) -> bytes:
    return service.blobs.get(result_key(grading.submission_id, grading.run, grading.begun, name))


def held(connection: Connection, who: Principal) -> Held:
    """What the organisation keeps from this reader so that nobody is anchored."""
    if not panels.held_back(connection, who, None):
        return Held(anything=False)
    mine = (scorecards.c.member_id == who.member_id) & scorecards.c.locked_at.is_not(None)
    return Held(True, frozenset(connection.scalars(select(scorecards.c.invitation_id).where(mine))))


def grading(connection: Connection, row: SubmissionRow, run: int | None = None) -> Grading | None:
    """A grading of this submission: the one whose report counts unless a run is named."""
    return gradings.find(connection, row.id, run or row.report_run or 0)


def opened(connection: Connection, who: Principal, submission_id: str, run: int | None = None) -> Report:
    """The report of one grading, or the one that counts, for this reader.  Raises NotFound, Conflict."""
    if not is_id(submission_id):
        raise NotFound
    return shown(who, reports.with_report(connection, submission_id, who.org_id, who.member_id, run), run)


def shown(who: Principal, asked: Reported | None, run: int | None = None) -> Report:
    """What a reader sees of what the store has.  Raises NotFound, Conflict."""
    if asked is None or (not asked.run and run is not None):
        raise NotFound
    if not asked.run or not asked.state.reported:
        problem = asked.problem or _("There is no report yet. The grading has not ended.")
        raise Conflict("no-report", problem, state=asked.state)
    if asked.invitation_id is not None and not asked.rated and rates_first(who, asked.hide_until_locked):
        raise Conflict("scorecard-first", _("You see the whole report once you have submitted your own scorecard."))
    return _cut(who, asked, asked.candidate, blind=asked.blind)


def beside(service: Service, who: Principal, submission_id: str, run: int) -> tuple[Report, Report]:
    """The report that counts and another of the same submission; NotFound where one of them is not there."""
    with service.reader.connect() as connection:
        row = submissions.find(connection, submission_id, Owner(who.org_id)) if is_id(submission_id) else None
        both = [gradings.find(connection, row.id, each) for each in (row.report_run or 0, run)] if row else []
        reported = [report(connection, who, row, one) for one in both if row and one and one.state.reported]
    if len(reported) < 2:
        raise NotFound
    return reported[0], reported[1]


def report(connection: Connection, who: Principal, row: SubmissionRow, grading: Grading) -> Report:
    """The report of a grading of this submission, which belongs to the reader's organisation."""
    blind = members.organisation(connection, who.org_id).blind
    return _cut(who, grading, _candidate(connection, row), blind=blind)


def _cut(who: Principal, grading: Filed, whose: Candidate | None, *, blind: bool) -> Report:
    reader: Reader = "interviewer" if who.may(Right.READ_CODE) else "recruiter"
    if hides_names(who, blind):
        return Report(grading, reader, whose.known_as if whose else ())
    return Report(grading, reader, called=whose.name if whose else "")


def names(connection: Connection, row: SubmissionRow) -> tuple[str, ...]:
    """What a submission's own files may call its candidate by."""
    whose = _candidate(connection, row)
    return whose.known_as if whose else ()


def _candidate(connection: Connection, row: SubmissionRow) -> Candidate | None:
    return candidates.invited(connection, row.owner.invitation_id) if row.owner.invitation_id else None


def _rendered(document: Document, name: str) -> bytes:
    if name == HTML:
        return html.render(document, locale=language()).encode()
    return document.written() if name == JSON else sarif.written(document)


_kept: dict[str, bytes] = {}


def kept(tag: str) -> bytes | None:
    """The file with this tag as it was last made, where that is still in memory."""
    return _kept.get(tag)


def _keep(tag: str, data: bytes) -> bytes:
    _kept[tag] = data
    left = sum(map(len, list(_kept.values()))) - KEPT
    for oldest, made in list(_kept.items())[:-1]:
        if left <= 0:
            break
        left -= len(made)
        _kept.pop(oldest, None)
    return data


@lru_cache
def _code() -> str:
    """What writes reports: a digest of graders/report, since a page changes with it."""
    files = sorted(path for path in Path(graders.report.__path__[0]).rglob("*") if path.suffix != ".pyc")
    return hashlib.sha256(b"".join(path.read_bytes() for path in files if path.is_file())).hexdigest()
