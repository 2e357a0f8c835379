"""A challenge for the grader, made of `challenge.toml` alone."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from challenges.brief import subject
from challenges.offered import imports
from challenges.tables.definition import FILE, Definition
from challenges.tables.table import TableError
from challenges.vault import VaultError
from graders.model.challenge import Challenge, Column, Criterion, Dataset, Limits, Reference, Use
from graders.model.packages import Wheel, read_lock
from graders.words import say, sentences

#: Beside `challenge.toml`: the packages that it adds, by version and hash.
LOCK = "pylock.toml"
#: What a sound pipeline never shows, whatever the table.
CLEAN = frozenset({"LEAK003", "LEAK004", "LEAK005", "LEAK010", "OVR002", "OVR003", "REPRO001"})
#: What one that remembers its rows shows at least one of: on a table that is nearly perfectly predictable, its claim
#: is hardly better than what comes of it.
REMEMBERED = frozenset({"LEAK009", "LEAK011", "OVR001", "OVR002"})


def challenge_of(
    definition: Definition, folder: Path, rubric: tuple[Criterion, ...], extra: tuple[Wheel, ...] = ()
) -> Challenge:
    """The value that the grader works with; its rows come from the vault alone.  `extra` is what its lock names."""
    limits, use = definition.limits, definition.use
    return Challenge(
        id=definition.name,
        version=str(definition.version),
        title=definition.title,
        columns=tuple(
            Column(c.name, c.type, c.meaning, c.sensitive, c.bands, c.unknown, c.price) for c in definition.column
        ),
        target=definition.target,
        packages=frozenset(imports()).union(*(wheel.imports for wheel in extra)),
        rubric=rubric,
        references=references(folder),
        folder=folder,
        subject=partial(subject, folder),
        make=partial(_missing, definition.name),
        group=definition.group,
        hidden_units=definition.hidden_units,
        time=definition.time,
        task=definition.task,
        metric=definition.scored_by,
        positive=definition.positive if definition.positive is not None else 1,
        classes=definition.classes,
        quantile=definition.quantile,
        unit=definition.unit,
        post_outcome=tuple(c.name for c in definition.column if c.known == "after"),
        train_limits=Limits(limits.train_cpu_seconds, 2 * limits.train_cpu_seconds, limits.memory_mb, limits.model_mb),
        predict_limits=Limits(
            limits.predict_cpu_seconds, 2 * limits.predict_cpu_seconds, limits.memory_mb, limits.model_mb
        ),
        use=Use(
            capacity=use.capacity,
            contact=use.contact,
            loss=use.loss,
            over=use.over,
            under=use.under,
            requests_per_second=use.requests_per_second,
            core_hour=use.core_hour,
            currency=use.currency,
        ),
        cost_baseline="sound" if (folder / "reference" / "sound").is_dir() else "",
        hours=definition.hours,
        extra=extra,
        own_packages=definition.packages.own,
        equated=True,
    )


def locked(definition: Definition, folder: Path) -> tuple[Wheel, ...]:
    """The wheels of the lock beside `challenge.toml`; TableError where it is not that of its packages."""
    asked = definition.packages.extra
    if not asked:
        return ()
    find = say("`assay challenge lint {name}` finds them.", name=definition.name)
    try:
        wheels, made_for = read_lock((folder / LOCK).read_text(encoding="utf-8"))
    except FileNotFoundError:
        no = say("The packages of {file} have not been looked for yet.", file=FILE)
        raise TableError(sentences(no, find)) from None
    except ValueError as error:
        no = say("{file} cannot be read: {what}. Remove it.", file=str(folder / LOCK), what=str(error))
        raise TableError(sentences(no, find)) from None
    if made_for != asked:
        no = say("The packages of {file} have been changed since they were looked for.", file=FILE)
        raise TableError(sentences(no, find))
    return wheels


def references(folder: Path) -> tuple[Reference, ...]:
    """The generated references that are there, with what grading each must give."""
    known = (
        Reference("sound", "graded", bands=frozenset({2, 3, 4}), not_flagged=CLEAN),
        Reference("leaky", "graded", bands=frozenset({1, 2}), flagged=frozenset({"LEAK001"})),
        Reference("memoriser", "graded", bands=frozenset({1, 2}), flagged_any=REMEMBERED),
        Reference("constant", "graded", bands=frozenset({1, 2})),
        Reference("crashes", "ungraded"),
    )
    return tuple(reference for reference in known if (folder / "reference" / reference.name / "pipeline.py").is_file())


def _missing(name: str, seed: int) -> Dataset:  # noqa: ARG001
    raise VaultError(
        say(
            "The hidden rows of {name} are not on this machine. Export it where it was made, with `--with-hidden`, and "
            "import that file.",
            name=repr(name),
        )
    )
