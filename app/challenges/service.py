"""What administrators do with their own challenges.  Each function is one transaction; long work is left to the queue.

A version is a draft until it is built, then it can be published.  A published version never changes: an edit makes the
next one.  Invitations and gradings name the version, so each keeps its own.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import IO, Any

import structlog
from pydantic import ValidationError
from sqlalchemy import Connection, func

from app.challenges import making
from app.errors import Conflict, Invalid, NotFound
from app.platform import queue
from app.ports import Service
from app.rights import Principal
from app.store import audit, sealed
from app.store import challenges as store
from app.store.challenges import Job, OwnChallenge
from app.words import _, spoken
from challenges.tables import create, moving
from challenges.tables.definition import OF_ROWS, Definition, parse, write, wrong
from challenges.tables.proposal import Wish
from challenges.tables.table import TableError
from challenges.vault import VaultError
from graders.model.challenge import Challenge

REASON_LEAST = 10
log = structlog.get_logger(__name__)


def find(service: Service, who: Principal, challenge_id: str) -> OwnChallenge:
    """One version of the caller's organisation, or NotFound."""
    with service.reader.connect() as connection:
        return _own(connection, who, challenge_id)


def listed(service: Service, who: Principal) -> list[OwnChallenge]:
    """All versions of the caller's organisation, newest first."""
    with service.reader.connect() as connection:
        return store.listed(connection, who.org_id)


def upload(service: Service, who: Principal, file: Path, name: str, wish: Mapping[str, Any]) -> OwnChallenge:
    """Keep a table, sealed, and queue its reading; what it seems to be is proposed when it has been read."""
    with service.engine.begin() as connection:
        row = store.add(connection, who.org_id, file=name[:200], state="draft", shown={"wish": _wish(wish)})
        _note(connection, who, "uploaded", row)
        sealed.put_file(service.blobs, service.keys, store.table_key(row.id), file)
        return _work(connection, row, "read")


def ask(service: Service, who: Principal, challenge_id: str, wish: Mapping[str, Any]) -> OwnChallenge:
    """Propose anew from what is wished; of an upload that has been read and is not published."""
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if row.state != "draft" or "table" not in row.shown:
            raise Conflict("not-a-draft", _("This version is made already. Upload the table anew to ask otherwise."))
        _note(connection, who, "asked", row, wish=sorted(name for name, value in wish.items() if value))
        store.change(connection, row.id, shown={**row.shown, "wish": _wish({**row.shown["wish"], **wish})})
        return _work(connection, row, "propose")


def edit(service: Service, who: Principal, challenge_id: str, text: str) -> OwnChallenge:
    """Take a changed challenge.toml: a draft is changed, a built one is made anew, a published one gets a next version.

    Invalid where the text is no challenge, with the line.
    """
    wanted = parsed(text)
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if not row.definition:
            raise Conflict("not-proposed", _("Nothing has been proposed yet. Say what is to be predicted first."))
        _require_same_rows(parse(row.definition), wanted)
        if row.state in ("draft", "built"):
            definition = _written(wanted, row.version)
            _note(connection, who, "edited", row)
            store.change(connection, row.id, definition=definition, problem="")
            return _work(connection, row, "build") if row.state == "built" else _own(connection, who, row.id)
        newest = _newest(connection, row)
        if newest.id != row.id:
            raise Conflict("not-newest", _("There is a later version of this challenge. Edit that one."))
        made = store.add(
            connection,
            who.org_id,
            file=row.file,
            state="draft",
            version=row.version + 1,
            definition=_written(wanted, row.version + 1),
            shown={name: row.shown[name] for name in ("wish", "table", "plots") if name in row.shown}
            | {"before": row.name},
        )
        _note(connection, who, "edited", made, version=made.version, after=row.id)
        return _work(connection, made, "revise")


def build(service: Service, who: Principal, challenge_id: str) -> OwnChallenge:
    """Make the challenge that a draft's definition describes, or try again."""
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if row.state not in ("draft", "built") or not row.definition:
            raise Conflict("not-proposed", _("Nothing has been proposed yet. Say what is to be predicted first."))
        _note(connection, who, "confirmed", row)
        return _work(connection, row, "revise" if "before" in row.shown else "build")


def lint(service: Service, who: Principal, challenge_id: str) -> OwnChallenge:
    """Look for faults of a version again, with the rules of today."""
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if row.name is None or row.state == "draft":
            raise Conflict("not-built", _("This version is not made yet."))
        _note(connection, who, "linted", row)
        return _work(connection, row, "lint")


def publish(service: Service, who: Principal, challenge_id: str, reason: str = "") -> OwnChallenge:
    """Let candidates be invited.  Errors of the linter stop it, unless a reason is given, which the audit log keeps."""
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if row.state != "built":
            raise Conflict("not-built", _("Only a version that is made and not published can be published."))
        errors = errors_of(row)
        if errors and len(reason.strip()) < REASON_LEAST:
            raise Conflict(
                "faults",
                _("Findings stop publishing: {codes}.").format(codes=", ".join(errors)),
                hint=_("Mend the table, or give a reason of at least {n} characters.").format(n=REASON_LEAST),
                findings=errors,
            )
        told = {"overridden": errors, "reason": reason.strip()[:2000]} if errors else {}
        _note(connection, who, "published", row, version=row.version, **told)
        store.change(connection, row.id, state="published", published_at=func.now())
        return _own(connection, who, row.id)


def retire(service: Service, who: Principal, challenge_id: str) -> OwnChallenge:
    """Take no more candidates for any version; reports and open invitations stay."""
    with service.engine.begin() as connection:
        row = _own(connection, who, challenge_id, hold=True)
        if row.state not in ("published", "retired"):
            raise Conflict("not-published", _("Only a published challenge can be retired. Remove a draft instead."))
        for version in store.versions(connection, row.base or ""):
            if version.state == "published" and version.org_id == who.org_id:
                _note(connection, who, "retired", version, version=version.version)
                store.change(connection, version.id, state="retired")
        return _own(connection, who, row.id)


def remove(service: Service, who: Principal, challenge_id: str) -> None:
    """Delete a version that was never published, with its table and its rows."""
    with service.engine.begin() as connection:
        row = _free(connection, who, challenge_id)
        if row.state not in ("draft", "built"):
            raise Conflict("published", _("A published version stays, as reports rest on it. Retire it instead."))
        _note(connection, who, "removed", row)
        drop(service, row)
        store.remove(connection, row.id)
    service.blobs.clear(store.table_key(row.id))


def export(service: Service, who: Principal, challenge_id: str, *, with_hidden: bool) -> IO[bytes]:
    """The challenge as a zip, an open file without a name; with its hidden rows where it is to be moved."""
    row = find(service, who, challenge_id)
    if row.name is None:
        raise Conflict("not-built", _("This version is not made yet."))
    challenge = service.ports.challenge(row.name)
    with tempfile.TemporaryDirectory(prefix="assay-export-") as folder:
        file = Path(folder) / "challenge.zip"
        try:
            moving.export(challenge.folder, service.settings.prepare_home(), file, with_hidden=with_hidden)
        except TableError as no:
            raise Conflict("no-rows", spoken(no.args[0])) from None
        with service.engine.begin() as connection:
            _note(connection, who, "exported", row, with_hidden=with_hidden)
        return file.open("rb")


def take_in(service: Service, who: Principal, file: Path, name: str) -> OwnChallenge:
    """Take in what another installation exported; it can be published where its hidden rows came along."""
    home = service.settings.prepare_home()
    try:
        challenge_name, complete = moving.take_in(file, home)
    except (TableError, VaultError) as no:
        raise Invalid("no-challenge", spoken(no.args[0])) from None
    folder = create.home_of(home) / challenge_name
    try:
        definition = folder.joinpath("challenge.toml").read_text(encoding="utf-8")
        shown = {"wish": {}, "findings": making.seen(folder, home) if complete else []}
        with service.engine.begin() as connection:
            if store.taken(connection, challenge_name, who.org_id):
                raise Invalid("no-challenge", _(store.TAKEN).format(name=challenge_name))
            if complete:
                service.ports.share(create.load(folder))
            row = store.add(
                connection,
                who.org_id,
                name=challenge_name,
                file=name[:200],
                state="built" if complete else "draft",
                version=parse(definition).version,
                definition=definition,
                problem="" if complete else _("The hidden rows did not come along. Export it again with them."),
                shown=shown,
            )
            _note(connection, who, "imported", row, with_hidden=complete)
            return row
    except (TableError, VaultError) as no:
        create.discard(folder, home)
        raise Invalid("no-challenge", spoken(no.args[0])) from None
    except BaseException:
        create.discard(folder, home)
        raise


def known(service: Service, org_id: str) -> list[Challenge]:
    """Every challenge that is not another organisation's, earlier versions too."""
    with service.reader.connect() as connection:
        foreign = {row.name for row in store.listed(connection) if row.org_id != org_id}
    return readable(service, [name for name in service.ports.challenges() if name not in foreign])


def offered(service: Service, org_id: str) -> list[Challenge]:
    """What an organisation can invite to: what is shipped, what this home has, its newest published versions."""
    with service.reader.connect() as connection:
        rows = store.listed(connection)
    known = {row.name for row in rows}
    names = [name for name in service.ports.challenges() if name not in known]
    newest: dict[str, OwnChallenge] = {}
    for row in rows:
        if row.org_id == org_id and row.state == "published" and row.base:
            newest[row.base] = max(newest.get(row.base, row), row, key=lambda version: version.version)
    own = [row.name for row in newest.values() if row.name]
    return readable(service, [*names, *sorted(own)])


def readable(service: Service, names: Iterable[str]) -> list[Challenge]:
    """Those whose files this machine can read or fetch: one that it cannot takes no page from the others."""
    challenges = []
    for name in names:
        try:
            challenges.append(service.ports.challenge(name))
        except (KeyError, TableError, VaultError) as no:
            log.warning("a challenge is left out of a list", challenge=name, fault=str(no)[:500])
    return challenges


def to_invite(service: Service, org_id: str, name: str | None) -> Challenge:
    """The version that a new invitation promises: of an id the newest published one.

    Invalid where there is none, where it is not published, or where errors of the linter stop it.
    """
    wanted = name or service.settings.challenge
    with service.reader.connect() as connection:
        versions = store.versions(connection, store.base_of(wanted))
    rows = [row for row in versions if row.org_id == org_id]
    if not rows and not any(row.name == wanted for row in versions):
        challenge = service.challenge(wanted)
        _require_sound(service, challenge)
        return challenge
    published = [row for row in rows if row.state == "published" and ("@" not in wanted or row.name == wanted)]
    if published and published[0].name:
        return service.challenge(published[0].name)
    if not rows:
        raise Invalid("unknown-challenge", _("There is no challenge of this id."))
    raise Invalid(
        "not-published",
        _("This challenge takes no candidates: it is retired or not published yet."),
        hint=_("An administrator can publish it under Challenges."),
    )


def errors_of(row: OwnChallenge) -> list[str]:
    """The codes of findings that stop publishing."""
    return sorted({finding["code"] for finding in row.shown.get("findings", ()) if finding["level"] == "error"})


def drop(service: Service, row: OwnChallenge) -> None:
    """Remove what was built of a version that nobody was invited to."""
    if row.name is not None:
        service.ports.forget(row.name)


def wish_of(row: OwnChallenge) -> Wish:
    """What was said of a table, as the proposal takes it."""
    said = row.shown["wish"]
    values: dict[str, Any] = {name: tuple(value) if isinstance(value, list) else value for name, value in said.items()}
    return Wish(**values)


def parsed(text: str) -> Definition:
    """The definition in a text; Invalid with the line."""
    try:
        return parse(text)
    except TableError as no:
        raise Invalid("bad-challenge", spoken(no.args[0])) from None


def validated(values: Mapping[str, Any]) -> Definition:
    """The definition of these values; Invalid names the first that cannot be."""
    try:
        return Definition.model_validate(dict(values))
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        raise Invalid(
            "bad-challenge", _("{field}: {what}.").format(field=where, what=spoken(wrong(first)[0]))
        ) from None


def _wish(said: Mapping[str, Any]) -> dict[str, Any]:
    """What can be wished, empty texts left out but for group and time, where they say that there is none."""
    known = {name: said[name] for name in Wish.__dataclass_fields__ if name in said and said[name] is not None}
    return {name: value for name, value in known.items() if value != "" or name in ("group", "time", "target")}


def _require_same_rows(before: Definition, after: Definition) -> None:
    """A definition is edited in words, uses and limits; what decides on rows is proposed anew or uploaded anew."""
    for key in OF_ROWS:
        if getattr(before, key) != getattr(after, key):
            raise Invalid(
                "other-rows",
                _("`{key}` decides which rows are hidden, so it cannot be edited.").format(key=key),
                hint=_("Propose it anew before it is made, or upload the table again."),
            )
    kinds = {entry.name: entry.type for entry in before.column}
    if any(kinds.get(entry.name) != entry.type for entry in after.column):
        raise Invalid("other-rows", _("Columns can be left out. They cannot be added, and keep their types."))


def _require_sound(service: Service, challenge: Challenge) -> None:
    """Errors of the linter stop inviting to a challenge that was made on the command line."""
    home = service.settings.prepare_home()
    if challenge.folder.parent != create.home_of(home):
        return
    if (challenge.folder / create.RETIRED).exists():
        raise Invalid("not-published", _("This challenge is retired, so it takes no candidates."))
    errors = sorted(
        {finding.code for finding in create.findings_of(challenge.folder, home) if finding.level == "error"}
    )
    if errors:
        raise Invalid("faults", _("Findings stop inviting: {codes}.").format(codes=", ".join(errors)))


def _written(definition: Definition, version: int) -> str:
    return write(definition.model_copy(update={"version": version}))


def _own(connection: Connection, who: Principal, challenge_id: str, *, hold: bool = False) -> OwnChallenge:
    row = store.find(connection, challenge_id, who.org_id, hold=hold)
    if row is None:
        raise NotFound
    return row


def _free(connection: Connection, who: Principal, challenge_id: str) -> OwnChallenge:
    """A version that is held and that nobody works at."""
    row = _own(connection, who, challenge_id, hold=True)
    if row.job is not None:
        raise Conflict("busy", _("Assay is still working at this challenge. Wait until it has ended."))
    return row


def _newest(connection: Connection, row: OwnChallenge) -> OwnChallenge:
    unnamed: Iterable[OwnChallenge] = store.listed(connection, row.org_id)
    after = [version for version in unnamed if version.shown.get("before") == row.name and row.name]
    return after[0] if after else row


def _work(connection: Connection, row: OwnChallenge, job: Job) -> OwnChallenge:
    store.change(connection, row.id, job=job, progress="", problem="")
    queue.enqueue_challenge(connection, row.id)
    changed = store.find(connection, row.id)
    assert changed is not None
    return changed


def _note(connection: Connection, who: Principal, what: str, row: OwnChallenge, **detail: Any) -> None:
    audit.record(connection, who, f"challenge.{what}", row.id, **detail)
