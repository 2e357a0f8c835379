"""A table becomes a challenge: rows are split, yardsticks fitted, findings told, folder and vault written."""

from __future__ import annotations

import hmac
import json
import secrets
import shutil
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import BaseModel, TypeAdapter, ValidationError

from challenges import vault
from challenges.fingerprint import of_columns
from challenges.tables import folder as files
from challenges.tables import folds, reading, yardsticks
from challenges.tables.challenge import LOCK, challenge_of, locked
from challenges.tables.definition import OF_ROWS, Definition, because, check_columns, read
from challenges.tables.lint.answers import gives_away
from challenges.tables.lint.model import Finding, Level, Subject
from challenges.tables.lint.run import lint
from challenges.tables.moments import dates_of
from challenges.tables.packed import PART, Packed, Rows, frame, names, of_series, size
from challenges.tables.rubric import RUBRIC
from challenges.tables.split import Split, split
from challenges.tables.table import Note, Table, TableError
from graders.model.challenge import Challenge, Dataset
from graders.model.later import pd
from graders.model.packages import read_lock
from graders.report.schema import Message
from graders.tasks.asked import truth_of
from graders.words import N_, say

#: In the vault beside the rows: how the yardsticks were fitted, and what was found in the table as it came.
FITTED, FOUND = "yardsticks.json", "findings.json"
#: And which making it was, as the same rows may be made into the same version again.
MAKING = "making"
#: A folder with this file takes no more candidates; its reports stay.
RETIRED = "RETIRED"
#: What making a challenge does, in order.
SPLITTING, FITTING = N_("Splitting the rows"), N_("Fitting the yardsticks")
FAULTS, WRITING = N_("Looking for faults of the challenge"), N_("Writing the folder and the vault")
Say = Callable[[str], None]


class _Kept(BaseModel):
    """A finding in a file."""

    code: str
    level: Level
    title: str
    evidence: tuple[str, ...]
    why: str
    do: str
    columns: tuple[str, ...]
    messages: dict[str, tuple[Message, ...]] = {}


_FINDINGS = TypeAdapter(tuple[_Kept, ...])


@dataclass(frozen=True, eq=False)
class Made:
    """A challenge that stands: its value for the grader, where it is, what the linter says, what models reach."""

    challenge: Challenge
    folder: Path
    findings: tuple[Finding, ...]
    reached: yardsticks.Yardsticks
    split: Split


def home_of(home: Path) -> Path:
    """The folder of all challenges of one's own."""
    return home / "challenges"


def rows_of(table: Table, definition: Definition, seed: int) -> Packed:
    """The columns that the definition names, with the key as text, classes as text and pseudonyms for names.

    They are taken out of a table that is packed.
    """
    check_columns(definition, table.rows)
    columns, kinds = {}, {}
    for entry in definition.column:
        name, kind = entry.name, str(table.kinds[entry.name])
        known = table.rows[name].notna()
        changed = None
        if name == definition.group or entry.pseudonym:
            changed = reading.keys(table, name).where(known, None)
        elif name == definition.target and definition.task == "multiclass":
            changed = table.rows[name].astype("str").where(known, None)
        elif name == definition.time and kind != "date text" and entry.type == "date text":
            changed = dates_of(table, name)
        if entry.pseudonym and changed is not None:
            changed = pseudonyms(changed, seed)
        kinds[name] = kind if changed is None else "text"
        if changed is None and isinstance(table.rows, Packed):
            columns[name] = table.rows.pop(name)
        else:
            columns[name] = of_series(table.rows.pop(name) if changed is None else changed, kinds[name])
    return Packed(columns, kinds)


def pseudonyms(names: pd.Series, seed: int) -> pd.Series:
    """The same sixteen figures for the same name; whoever lacks the secret seed cannot tell which name it was.

    A keyed hash (HMAC, RFC 2104), as anybody can try all names on a plain one.
    """
    key = f"assay pseudonym {seed}".encode()
    known = {name: hmac.digest(key, str(name).encode(), "sha256").hex()[:16] for name in names.dropna().unique()}
    return names.map(known).astype("str").where(names.notna(), None)


def create(table: Table, definition: Definition, home: Path, tell: Say = lambda _: None, lock: str = "") -> Made:
    """Make a challenge and keep it; TableError where the table does not allow it or the name is taken.

    The rows are taken out of `table`, so that a large one is held once.  `lock` names its packages, where it has some.
    """
    if (home_of(home) / definition.name).exists():
        no = say("There is a challenge {name} already. Choose another id.", name=repr(definition.name))
        raise TableError(no, code="ID_TAKEN")
    seed = secrets.randbits(63)
    rows = rows_of(table, definition, seed)
    for name in names(table.rows):
        table.rows.pop(name)
    in_order = folds.sampled(definition, rows)
    tell(SPLITTING)
    parts = split(definition, rows, seed)
    return _kept(definition, parts, seed, home, tell, lock, in_order=in_order, notes=table.notes)


def revise(folder: Path, definition: Definition, home: Path, tell: Say = lambda _: None, lock: str = "") -> Made:
    """Make the next version of a challenge on the rows that it has; TableError where it asks for other rows."""
    before = read(folder)
    for key in OF_ROWS:
        if getattr(before, key) != getattr(definition, key):
            raise TableError(
                say(
                    "A new version keeps its rows, so {key} cannot change. Upload the table anew for that.",
                    key=repr(key),
                )
            )
    kinds = {entry.name: entry.type for entry in before.column}
    if any(kinds.get(entry.name) != entry.type for entry in definition.column):
        raise TableError(say("A new version can leave columns out; it cannot add them or change their types."))
    dataset = vault.load(load(folder), home)
    names = [entry.name for entry in definition.column]
    hidden = dataset.hidden.assign(**{before.target: _target(before, dataset)})
    parts = Split(dataset.public[names], hidden[names])
    return _kept(definition, parts, vault.seed(load(folder), home), home, tell, lock, before=_of_the_file(folder, home))


def discard(folder: Path, home: Path) -> None:
    """Remove a challenge that nobody was invited to, with its hidden rows."""
    shutil.rmtree(vault.folder_of(load(folder), home), ignore_errors=True)
    shutil.rmtree(folder)


def _kept(  # noqa: PLR0913 - what a challenge is made of
    definition: Definition,
    parts: Split,
    seed: int,
    home: Path,
    tell: Say,
    lock: str,
    *,
    in_order: folds.Sample | None = None,
    notes: tuple[Note, ...] = (),
    before: tuple[Finding, ...] = (),
) -> Made:
    """Yardsticks, findings, folder and vault of rows that have been split."""
    folder = home_of(home) / definition.name
    extra = read_lock(lock)[0] if lock else ()
    challenge = challenge_of(definition, folder, RUBRIC, extra)
    hidden = _without(parts.hidden, definition.target)
    labels = truth_of(challenge, parts.hidden[definition.target])
    tell(FITTING)
    answers = yardsticks.fit(definition, challenge, parts.public, hidden)
    reached = yardsticks.measure(definition, challenge, hidden, labels, answers, size(parts.public))
    tell(FAULTS)
    findings = (*before, *lint(Subject(definition, parts.public, parts.hidden, in_order, notes, reached)))
    tell(WRITING)
    told = {
        "labels": labels,
        "oracle": answers.strong,
        "baseline": answers.constant,
        "public_oracle": answers.public,
        "simple": answers.simple,
    }
    fingerprint = of_columns(parts.public, hidden, labels)
    fitted = {"chosen": answers.chosen, "reliable": reached.reliable}
    texts = files.files(definition, parts.public, len(hidden), extra) | ({LOCK: lock.encode()} if lock else {})
    home_of(home).mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{definition.name}-", dir=home_of(home)))
    try:
        for path, data in texts.items():
            (draft / path).parent.mkdir(parents=True, exist_ok=True)
            (draft / path).write_bytes(data)
        more = {
            FITTED: json.dumps(fitted).encode(),
            FOUND: json.dumps([finding.plain() for finding in findings]).encode(),
            MAKING: secrets.token_hex(8).encode(),
        }
        vault.keep(challenge, home, seed, (_frames(parts.public), _frames(hidden)), told, fingerprint, more)
        draft.chmod(0o755)
        draft.rename(folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)
    return Made(challenge_of(definition, folder, RUBRIC, extra), folder, findings, reached, parts)


def _without(rows: Rows, name: str) -> Rows:
    return rows.without(name) if isinstance(rows, Packed) else rows.drop(columns=name)


def _frames(rows: Rows) -> Iterable[pd.DataFrame]:
    return (frame(rows, slice(begin, begin + PART)) for begin in range(0, len(rows), PART))


def known_late(table: Table, definition: Definition) -> tuple[Finding, ...]:
    """What the linter would say of columns that give the answer away, before anything is made."""
    none = frame(table.rows, slice(0))
    return tuple(gives_away(Subject(definition, none, none, folds.sampled(definition, table.rows))))


def load(folder: Path) -> Challenge:
    """The challenge in a folder, as the grader needs it."""
    definition = read(folder)
    return challenge_of(definition, folder, RUBRIC, locked(definition, folder))


def lint_again(folder: Path, home: Path) -> tuple[Finding, ...]:
    """What the linter says of a challenge that stands, and what it said of the order of the table as it came."""
    definition, challenge = read(folder), load(folder)
    dataset = vault.load(challenge, home)
    check_columns(definition, dataset.public)
    place = vault.folder_of(challenge, home)
    fitted = json.loads((place / FITTED).read_text())
    if dataset.simple is None:
        raise TableError(say("{name} is no challenge on a table.", name=repr(challenge.id)))
    answers = yardsticks.Answers(
        dataset.baseline,
        dataset.simple,
        dataset.oracle,
        dataset.public_oracle,
        fitted["chosen"],
    )
    reached = yardsticks.measure(definition, challenge, dataset.hidden, dataset.labels, answers, size(dataset.public))
    reached = replace(reached, reliable=fitted.get("reliable", reached.reliable))
    hidden = dataset.hidden.assign(**{definition.target: _target(definition, dataset)})
    findings = lint(Subject(definition, dataset.public, hidden[dataset.public.columns], yardsticks=reached))
    return tuple(sorted([*findings, *_of_the_file(folder, home)], key=lambda finding: finding.code))


def findings_of(folder: Path, home: Path) -> tuple[Finding, ...]:
    """What the linter said when the challenge was made; nothing where its vault is not here."""
    try:
        kept = _FINDINGS.validate_json((vault.folder_of(load(folder), home) / FOUND).read_bytes())
    except FileNotFoundError:
        return ()
    except ValidationError as error:
        raise TableError(
            say("{file} cannot be read: {what}.", file=str(Path(folder.name, FOUND)), what=because(error.errors()[0]))
        ) from None
    return tuple(Finding.of(finding.model_dump()) for finding in kept)


def _of_the_file(folder: Path, home: Path) -> tuple[Finding, ...]:
    """What was found in the order of the table as it came, which the rows that are kept no longer show."""
    return tuple(finding for finding in findings_of(folder, home) if finding.code == "CHAL002" and not finding.columns)


def _target(definition: Definition, dataset: Dataset) -> Any:
    """The hidden target in the words of the table, of the labels as numbers."""
    if definition.task == "regression":
        return dataset.labels
    if definition.task == "multiclass":
        return np.asarray(definition.classes, dtype=object)[dataset.labels]
    own = dataset.public[definition.target]
    others = own[own.astype("str") != str(definition.positive)]
    positives = own[own.astype("str") == str(definition.positive)]
    return np.where(dataset.labels == 1, positives.iloc[0], others.iloc[0])
