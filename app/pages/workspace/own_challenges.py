"""A company's own challenges: upload a table, confirm what it seems to be, read findings, publish, edit, retire."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any

from anyio import to_thread
from fastapi import APIRouter, Form, Query, Request, Response

from app.api.challenges import wished
from app.challenges import service as challenge_service
from app.challenges import views
from app.challenges.jobs import STEPS
from app.errors import DomainError
from app.pages.candidate.brief import brief
from app.pages.workspace.frame import ManagerDep, Question, ask_first, problem_of, workspace
from app.ports import Service
from app.rights import Principal
from app.store.challenges import OwnChallenge
from app.web import uploads
from app.web.auth import IntakeDep, ServiceDep
from app.web.errors import status_of
from app.web.files import streamed
from app.web.rendering import seen
from app.words import N_, _, language
from challenges.tables.definition import METRICS, Definition, write

router = APIRouter(include_in_schema=False)
SECTION, HERE = "/work/challenges", "/work/challenges/own"
Field = Annotated[str, Form(max_length=2000)]
USES = (
    ("capacity", N_("Share of rows that can be acted on, 0 to 1")),
    ("contact", N_("What acting on one row costs")),
    ("loss", N_("What a missed row costs")),
    ("requests_per_second", N_("Requests each second")),
)
RETIRE = Question(
    N_("Retire this challenge?"),
    N_("Nobody new can be invited. Invitations that are open go on, and reports stay."),
    N_("Retire"),
    challenge_service.find,
)
REMOVE = Question(
    N_("Remove this draft?"),
    N_("Its table and everything made of it is deleted. Nobody was invited to it."),
    N_("Remove"),
    challenge_service.find,
)
STATES = {
    "draft": N_("Draft"),
    "built": N_("Made, not published"),
    "published": N_("Published"),
    "retired": N_("Retired"),
}
HIDDEN_UNITS = (("new", N_("new units")), ("known", N_("known units, later")))
#: What is proposed, by the names that the form below has for it.
PROPOSED = {
    "task": N_("Task"),
    "metric": N_("Metric"),
    "group": N_("Unit that rows belong to"),
    "time": N_("Hidden rows are later in"),
    "hidden_units": N_("Hidden rows are of"),
    "positive": N_("Value that is asked about"),
    "drop": N_("Left out"),
    "limits": N_("Limits"),
}
#: What is shown of a version of which nothing is known yet.
NOTHING: Mapping[str, Any] = {"table": None, "choices": (), "findings": (), "yardsticks": None, "references": ()}
NO_WISH: Mapping[str, Any] = {"target": "", "title": "", "id": "", "drop": (), "pseudonym": ()}
#: Fields that tick several columns, and those that mean nothing once another column is asked for.
LISTS = ("drop", "pseudonym")
OF_ONE_TARGET = ("task", "metric", "positive", "group", "time", "hidden_units")
#: Sides of the interval plot, in its own units.
WIDTH = 1000


@router.get(SECTION + "/new")
def form(service: ServiceDep, who: ManagerDep) -> Response:
    """Upload a table, or take in what another installation exported."""
    return _new(service, who)


@router.post(SECTION + "/new")
async def upload(request: Request, service: ServiceDep, who: ManagerDep, intake: IntakeDep) -> Response:
    """Keep the table and go to its page; where it is refused, what was typed beside it stays."""
    given: dict[str, Any] = {}
    try:
        async with uploads.large_file(service, request, intake, who.actor) as (path, name, fields):
            given |= fields
            wish = {key: value for key, value in wished(fields).items() if value}
            row = await to_thread.run_sync(challenge_service.upload, service, who, path, name, wish)
    except DomainError as no:
        return _new(service, who, no, given=given)
    return seen(f"{HERE}/{row.id}")


@router.post(SECTION + "/import")
async def take_in(request: Request, service: ServiceDep, who: ManagerDep, intake: IntakeDep) -> Response:
    """Take in an exported challenge and go to its page."""
    try:
        async with uploads.large_file(service, request, intake, who.actor) as (path, name, _fields):
            row = await to_thread.run_sync(challenge_service.take_in, service, who, path, name)
    except DomainError as no:
        return _new(service, who, no, importing=True)
    return seen(f"{HERE}/{row.id}")


def _new(
    service: Service,
    who: Principal,
    no: DomainError | None = None,
    *,
    importing: bool = False,
    given: Mapping[str, Any] | None = None,
) -> Response:
    told = problem_of(no) if no else ""
    return workspace(
        "own_new.html",
        who,
        SECTION,
        status_of(no) if no else 200,
        problem="" if importing else told,
        import_problem=told if importing else "",
        given=given or {},
        most=service.settings.max_table_mb,
    )


@router.get(HERE + "/{challenge_id}")
def show(challenge_id: str, service: ServiceDep, who: ManagerDep) -> Response:
    """One version: what is being done, proposed, found."""
    return _page(service, who, challenge_service.find(service, who, challenge_id))


@router.post(HERE + "/{challenge_id}/ask")
async def ask(challenge_id: str, request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Propose anew from what the form says."""
    sent = await request.form(max_fields=3000, max_part_size=4096)
    fields = {name: str(value) for name, value in sent.items() if name not in LISTS}

    def work() -> OwnChallenge:
        row = challenge_service.find(service, who, challenge_id)
        wish = {**dict.fromkeys(OF_ONE_TARGET[:3]), **wished(fields)}
        before = challenge_service.parsed(row.definition) if row.definition else None
        if before is not None and before.target != wish.get("target"):
            wish |= dict.fromkeys(OF_ONE_TARGET)  # what was chosen was chosen for another question
        elif before is not None and wish.get("hidden_units") == before.hidden_units:
            same = all((wish.get(name) or "") == (getattr(before, name) or "") for name in ("group", "time"))
            wish |= {} if same else {"hidden_units": None}  # it was chosen for other units or another time
        wish |= {name: [str(column) for column in sent.getlist(name)] for name in LISTS}
        return challenge_service.ask(service, who, challenge_id, wish)

    return await to_thread.run_sync(_done, service, who, challenge_id, work)


@router.post(HERE + "/{challenge_id}/edit")
async def edit(challenge_id: str, request: Request, service: ServiceDep, who: ManagerDep) -> Response:
    """Take words, uses and limits; with `do=build` the challenge is made of them at once."""
    sent = await request.form(max_fields=8000, max_part_size=4096)
    fields = {name: str(value).strip() for name, value in sent.items()}

    def work() -> OwnChallenge:
        row = challenge_service.find(service, who, challenge_id)
        text = edited(challenge_service.parsed(row.definition), fields)
        row = challenge_service.edit(service, who, challenge_id, text)
        build = fields.get("do") == "build" and row.job is None and row.id == challenge_id
        return challenge_service.build(service, who, challenge_id) if build else row

    return await to_thread.run_sync(_done, service, who, challenge_id, work)


@router.post(HERE + "/{challenge_id}")
def act(
    challenge_id: str, service: ServiceDep, who: ManagerDep, do: Field = "", reason: Field = "", sure: Field = ""
) -> Response:
    """Make it, look for faults again, publish, retire or remove it."""
    page = f"{HERE}/{challenge_id}"
    if do in ("retire", "remove") and not sure:
        return ask_first(service, who, RETIRE if do == "retire" else REMOVE, challenge_id, page, page, do=do)
    if do == "remove":
        try:
            challenge_service.remove(service, who, challenge_id)
        except DomainError as no:
            return _page(service, who, challenge_service.find(service, who, challenge_id), no)
        return seen(SECTION)

    def work() -> OwnChallenge:
        if do == "publish":
            return challenge_service.publish(service, who, challenge_id, reason)
        steps = {"build": challenge_service.build, "lint": challenge_service.lint, "retire": challenge_service.retire}
        return steps.get(do, challenge_service.find)(service, who, challenge_id)

    return _done(service, who, challenge_id, work)


@router.get(HERE + "/{challenge_id}/export")
def export(
    challenge_id: str, service: ServiceDep, who: ManagerDep, with_hidden: Annotated[bool, Query()] = False
) -> Response:
    """The challenge as a zip."""
    name = challenge_service.find(service, who, challenge_id).name or challenge_id
    file = challenge_service.export(service, who, challenge_id, with_hidden=with_hidden)
    return streamed(file, "application/zip", f"{name}.zip")


def edited(before: Definition, fields: Mapping[str, str]) -> str:
    """The text of a definition with what the form says; Invalid where a field cannot be."""
    values = before.model_dump(mode="json", exclude_defaults=True)
    for name in ("title", "metric", "unit"):
        if fields.get(name):
            values[name] = fields[name]
    if fields.get("hours_from") and fields.get("hours_to"):
        values["hours"] = [fields["hours_from"], fields["hours_to"]]
    use = dict(values.get("use", {}))
    for name, _label in USES:
        if name in fields:
            use.pop(name, None)
            if fields[name]:
                use[name] = fields[name].replace(",", ".")
    values["use"] = use
    if "columns" in fields:
        extra = [text.strip() for text in fields.get("extra", "").split(",") if text.strip()]
        values["packages"] = {"extra": extra, "own": "own_packages" in fields}
        for place, column in enumerate(values["column"]):
            column["meaning"] = fields.get(f"meaning-{place}", column.get("meaning", ""))[:300]
            column["known"] = "after" if f"after-{place}" in fields else "before"
            column["sensitive"] = f"sensitive-{place}" in fields
    return write(challenge_service.validated(values))


def _done(service: Service, who: Principal, challenge_id: str, work: Any) -> Response:
    """To the page of what `work` gives, or back with why not."""
    try:
        row = work()
    except DomainError as no:
        return _page(service, who, challenge_service.find(service, who, challenge_id), no)
    return seen(f"{HERE}/{row.id}")


def _page(service: Service, who: Principal, row: OwnChallenge, no: DomainError | None = None) -> Response:
    definition = challenge_service.parsed(row.definition) if row.definition else None
    ready = row.job is None and row.name is not None and row.state != "draft"
    made = challenge_service.readable(service, [row.name]) if ready and row.name else []
    return workspace(
        "own_challenge.html",
        who,
        SECTION,
        status_of(no) if no else 200,
        row=row,
        shown={**NOTHING, **row.shown, "wish": {**NO_WISH, **row.shown.get("wish", {})}},
        definition=definition,
        problem=problem_of(no) if no else "",
        errors=challenge_service.errors_of(row),
        findings=views.findings_in(row, language()),
        said=views.sayer(row, language()),
        steps=_steps(row),
        states=STATES,
        uses=USES,
        metrics=METRICS,
        hidden_units=HIDDEN_UNITS,
        proposed=PROPOSED,
        lines=_lines(row.shown["yardsticks"]) if row.shown.get("yardsticks") else [],
        plots=_plots(row.shown.get("plots", {})),
        brief=brief(made[0]) if made else None,
        page=f"{HERE}/{row.id}",
    )


def _steps(row: OwnChallenge) -> list[tuple[str, str]]:
    """What the job does, each with its state."""
    steps = STEPS.get(row.job or "", ())
    now = steps.index(row.progress) if row.progress in steps else -1
    return [(step, "done" if n < now else "running" if n == now else "waiting") for n, step in enumerate(steps)]


PLOTS = {"target": N_("Target"), "time": N_("Rows by time"), "group": N_("Rows of one unit")}


def _plots(plots: Mapping[str, list[list[Any]]]) -> list[dict[str, Any]]:
    """Bars for each picture, with their share of the longest."""
    return [
        {"title": _(PLOTS[name]), "most": max([count for _label, count in bars] or [1]), "bars": bars}
        for name, bars in plots.items()
        if bars
    ]


def _lines(yardsticks: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each yardstick with the ends of its interval on one scale, 0 to WIDTH."""
    models = yardsticks["models"]
    low, high = min(model["low"] for model in models), max(model["high"] for model in models)
    wide = (high - low) or 1.0

    def at(value: float) -> float:
        return float(round(20 + (WIDTH - 40) * (value - low) / wide, 1))

    return [
        {**model, "from": at(model["low"]), "to": at(model["high"]), "mark": at(model["value"])} for model in models
    ]
