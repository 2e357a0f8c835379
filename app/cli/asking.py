"""What `assay challenge new` asks: whatever was not given, each with what is proposed and why."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import typer
from rich.markup import escape

from app.cli.console import out, working
from app.words import _, spoken

if TYPE_CHECKING:  # the command line answers at once, so nothing is imported for its types
    from challenges.tables.proposal import Proposal, Wish
    from challenges.tables.table import Table

NONE = "none"
TARGETS = ("target", "y", "label", "outcome", "class", "response", "churn", "default", "price")


def target(names: list[str]) -> str:
    """The column to predict: the one that is called like a target, or the last, unless another is said."""
    likely = next((name for likely in TARGETS for name in names if name.lower() == likely), names[-1])
    out.print(_("Columns: {names}").format(names=escape(", ".join(names))))
    return _answer("target", likely, _("The column that is to be predicted."), lambda told: told in names)


def proposed(table: Table, wish: Wish, *, ask: bool) -> Proposal:
    """What follows from `wish`; with `ask`, from the answers to all that it leaves open.

    Raises TableError as `propose` does where nothing is asked; an answer that cannot be is asked for again.
    """
    from challenges.tables.proposal import propose

    with working(_("Looking at the columns")):
        proposal = propose(table, wish)
    if not ask:
        _show(proposal)
        return proposal
    for key in ("task", "positive", "metric", "group", "time", "hidden_units"):
        if getattr(wish, key) is None and any(choice.key == key for choice in proposal.choices):
            wish, proposal = _asked(table, wish, proposal, key)
    if not wish.after:
        wish = replace(wish, after=_late(table, proposal))
    proposal = propose(table, wish)
    _show(proposal)
    if not typer.confirm(_("Make this challenge?"), default=True):
        out.print(_("Nothing was made."))
        raise typer.Exit(0)
    return proposal


def _asked(table: Table, wish: Wish, proposal: Proposal, key: str) -> tuple[Wish, Proposal]:
    """The wish with an answer to `key`, and what follows from it."""
    from challenges.tables.proposal import propose
    from challenges.tables.table import TableError

    choice = next(choice for choice in proposal.choices if choice.key == key)
    while True:
        told = _answer(key, choice.value or NONE, spoken(choice.why))
        answered: dict[str, Any] = {key: "" if key in ("group", "time") and told == NONE else told}
        try:
            if key == "task" and told not in ("binary", "multiclass", "regression"):
                no = _("There is no task {name}; there are binary, multiclass and regression.")
                raise TableError(no.format(name=repr(told)))
            new = replace(wish, **answered)
            return new, proposal if told == choice.value else propose(table, new)
        except TableError as error:
            out.print(escape(spoken(error.args[0])))


def _late(table: Table, proposal: Proposal) -> tuple[str, ...]:
    """The columns that are known only after the outcome."""
    from challenges.tables import create

    with working(_("Looking for columns that give the answer away")):
        errors = [one for one in create.known_late(table, proposal.definition) if one.level == "error"]
    names = [entry.name for entry in proposal.definition.column]
    told = [column for finding in errors for column in finding.columns]
    why = spoken(errors[0].evidence[0]) if errors else _("No column gives the answer away.")
    answer = _answer(
        _("known only after the outcome"),
        ",".join(told) or NONE,
        why,
        lambda text: text == NONE or all(name.strip() in names for name in text.split(",")),
    )
    return () if answer == NONE else tuple(name.strip() for name in answer.split(","))


def _answer(key: str, default: str, why: str, allowed: Callable[[str], bool] = bool) -> str:
    out.print(f"[bold]{escape(key)}[/]: {escape(why)}")
    while True:
        told = str(typer.prompt(f"  {key}", default=default)).strip()
        if allowed(told):
            return told
        out.print("  " + _("{told} is not among the columns.").format(told=escape(told)))


def _show(proposal: Proposal) -> None:
    out.print(_("Proposed:"))
    for choice in proposal.choices:
        out.print(f"  {choice.key} = {escape(choice.value or NONE)}: {escape(spoken(choice.why))}")
