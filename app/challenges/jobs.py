"""What the queue does for a company's own challenge: read its table, propose, make it, look for faults again."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor, wait
from dataclasses import replace
from pathlib import Path
from typing import Any

import structlog

from app.challenges import making, table_reading
from app.challenges import service as use_cases
from app.intake import from_path
from app.intake.problems import Rejected
from app.platform.secrets import new_id
from app.ports import Service
from app.references import disagreements
from app.store import audit, sealed
from app.store import challenges as store
from app.store.challenges import OwnChallenge
from app.store.gradings import OUR_FAULT
from app.words import N_, _
from challenges.tables import create
from challenges.tables.definition import parse
from challenges.tables.table import TableError
from challenges.vault import VaultError
from graders.model.challenge import Challenge
from graders.model.probe import SandboxError
from graders.report.translated import stored

log = structlog.get_logger(__name__)
LOOK_SECONDS = 1.0
READING, LOOKING = N_("Reading the table"), N_("Looking at the columns")
PACKAGES, GRADING = N_("Looking for packages"), N_("Grading the reference submissions")
MAKING = (PACKAGES, create.SPLITTING, create.FITTING, create.FAULTS, create.WRITING, GRADING)
#: What each job does, in order, in the words of its progress.
STEPS: Mapping[str, tuple[str, ...]] = {
    "read": (READING, LOOKING),
    "propose": (LOOKING,),
    "build": MAKING,
    "revise": tuple(step for step in MAKING if step != create.SPLITTING),
    "lint": (create.FAULTS,),
}


def run(service: Service, challenge_id: str, *, last: bool) -> None:
    """Do what a version waits for.  What is wrong with the table is said there; a fault of ours is tried again."""
    with service.reader.connect() as connection:
        row = store.find(connection, challenge_id)
    if row is None or row.job is None:
        return
    begun = time.monotonic()
    try:
        with tempfile.TemporaryDirectory(prefix="assay-table-") as folder:
            values = WORK[row.job](service, row, Path(folder))
    except (TableError, VaultError) as no:
        values = {"problem": str(no), "shown": _refused(row, no)}
    except Exception as fault:
        log.warning("work at a challenge failed on our side", challenge=row.id, job=row.job, fault=repr(fault)[:500])
        if not last:
            raise
        values = {"problem": OUR_FAULT}
    with service.engine.begin() as connection:
        store.change(connection, row.id, job=None, progress="", **values)
        detail = {"seconds": round(time.monotonic() - begun), "failed": bool(values.get("problem"))}
        audit.record(connection, audit.SYSTEM, f"challenge.{row.job}", row.id, org_id=row.org_id, **detail)


def _read(service: Service, row: OwnChallenge, folder: Path) -> dict[str, Any]:
    """Read the upload; the table as read takes its place."""
    _say(service, row, READING)
    raw, plain = folder / "raw", folder / "plain"
    sealed.get_file(service.blobs, service.keys, store.table_key(row.id), raw)
    table_reading.to_parquet(raw, plain)
    sealed.put_file(service.blobs, service.keys, store.table_key(row.id), plain)
    described = making.bounded(plain.stat().st_size, making.described, plain)
    row = replace(row, shown={**_remembering(row, described["messages"]), "table": described["table"]})
    return _propose_of(service, row, plain) if row.shown["wish"].get("target") else {"shown": row.shown}


def _propose(service: Service, row: OwnChallenge, folder: Path) -> dict[str, Any]:
    return _propose_of(service, row, _plain(service, row, folder))


def _propose_of(service: Service, row: OwnChallenge, plain: Path) -> dict[str, Any]:
    _say(service, row, LOOKING)
    try:
        proposed = making.bounded(plain.stat().st_size, making.proposed, plain, use_cases.wish_of(row), row.definition)
    except TableError as no:
        return {"shown": _refused(row, no), "definition": "", "problem": str(no)}
    shown = _remembering(row, proposed["messages"]) | {name: proposed[name] for name in ("choices", "plots")}
    return {"shown": shown, "definition": proposed["definition"]}


def _refused(row: OwnChallenge, no: TableError | VaultError) -> dict[str, Any]:
    """What is shown of a version that came to nothing."""
    return {**_remembering(row, stored(no.args)), "problem_code": getattr(no, "code", "")}


def _remembering(row: OwnChallenge, messages: Mapping[str, Any]) -> dict[str, Any]:
    """What is shown of a version, with what more of its sentences were made of."""
    return {**row.shown, "messages": {**row.shown.get("messages", {}), **messages}}


def _build(service: Service, row: OwnChallenge, folder: Path) -> dict[str, Any]:
    home, name = service.settings.prepare_home(), parse(row.definition).name
    use_cases.drop(service, row)
    service.ports.challenges()  # what another machine has removed goes from here, and its name is free
    with service.engine.begin() as connection:
        if (create.home_of(home) / name).exists() or store.taken(connection, name, row.org_id, but=row.id):
            raise TableError(_(store.TAKEN).format(name=name))
        store.change(connection, row.id, name=name)
    lock = _lock(service, row)
    plain = _plain(service, row, folder)
    size = plain.stat().st_size
    built = _watched(
        service, row, folder, lambda said: making.bounded(size, making.built, plain, row.definition, lock, home, said)
    )
    return _made(service, row, built)


def _lock(service: Service, row: OwnChallenge) -> str:
    """The lock of the packages that the challenge adds, found before anything is made."""
    definition = parse(row.definition)
    if definition.packages.extra:
        _say(service, row, PACKAGES)
    return service.ports.lock(definition)


def _revise(service: Service, row: OwnChallenge, folder: Path) -> dict[str, Any]:
    home, name = service.settings.prepare_home(), parse(row.definition).name
    before = service.ports.challenge(row.shown["before"]).folder
    use_cases.drop(service, row)
    service.ports.challenges()
    with service.engine.begin() as connection:
        store.change(connection, row.id, name=name)
    lock = _lock(service, row)
    size = making.size_of(before, home)
    built = _watched(
        service,
        row,
        folder,
        lambda said: making.bounded(size, making.revised, before, row.definition, lock, home, said),
    )
    return _made(service, row, built)


def _made(service: Service, row: OwnChallenge, built: dict[str, Any]) -> dict[str, Any]:
    """Share what was built with the other machines, and see what the references get."""
    name = parse(row.definition).name
    challenge = service.ports.challenge(name)
    service.ports.share(challenge)
    verdicts = [_verdict(service, row, challenge, reference.name) for reference in challenge.references]
    return {"state": "built", "shown": {**row.shown, **built, "references": verdicts}}


def _verdict(service: Service, row: OwnChallenge, challenge: Challenge, name: str) -> dict[str, Any]:
    """What a reference got, and what of it is not as it must be; an engine that is away spoils no challenge."""
    _say(service, row, GRADING)
    reference = next(one for one in challenge.references if one.name == name)
    try:
        submission = from_path(challenge.folder / "reference" / name, challenge.packages)
        graded = service.ports.grade(replace(submission, id=new_id()), challenge, lambda *_: None)
    except (SandboxError, Rejected) as no:
        log.warning("a reference could not be graded", challenge=challenge.id, reference=name, fault=repr(no)[:500])
        return {"name": name, "score": None, "status": "", "wrong": [_("it could not be graded on this machine now")]}
    overall = graded.document.overall
    return {
        "name": name,
        "score": overall.score if overall else None,
        "status": str(graded.document.status),
        "wrong": disagreements(graded.document, reference),
    }


def _lint(service: Service, row: OwnChallenge, folder: Path) -> dict[str, Any]:  # noqa: ARG001
    _say(service, row, create.FAULTS)
    place, home = service.ports.challenge(row.name or "").folder, service.settings.prepare_home()
    findings = making.bounded(making.size_of(place, home), making.linted, place, home)
    return {"shown": {**row.shown, "findings": findings}}


WORK: dict[str, Callable[[Service, OwnChallenge, Path], dict[str, Any]]] = {
    "read": _read,
    "propose": _propose,
    "build": _build,
    "revise": _revise,
    "lint": _lint,
}


def _plain(service: Service, row: OwnChallenge, folder: Path) -> Path:
    """The table as it was read, in a folder that goes away."""
    plain = folder / "plain"
    sealed.get_file(service.blobs, service.keys, store.table_key(row.id), plain)
    return plain


def _watched(
    service: Service, row: OwnChallenge, folder: Path, work: Callable[[Path], dict[str, Any]]
) -> dict[str, Any]:
    """What `work` gives; what it says on the way is shown."""
    said, before = folder / "progress", ""
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(work, said)
        while wait([done], LOOK_SECONDS).not_done:
            now = said.read_text("utf-8") if said.exists() else ""
            if now != before:
                _say(service, row, now)
                before = now
        return done.result()


def _say(service: Service, row: OwnChallenge, what: str) -> None:
    with service.engine.begin() as connection:
        store.change(connection, row.id, progress=what)
