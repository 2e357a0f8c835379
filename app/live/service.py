"""Exercises of a debrief: opening one, typing and running as the candidate, ending it.

The candidate types; the interviewer reads and points.  So nobody overwrites the other, and what is judged is the
candidate's.  The graded report stays as it is: nothing here reads or writes a score.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection

from app import links
from app.artifacts import JSON
from app.challenges import service as challenge_service
from app.errors import Conflict, Forbidden, Invalid, NotFound, Stale
from app.intake.bounded import BOUNDS, SERVER
from app.live.blind import hidden_names, without
from app.live.views import Draft, Place
from app.owned import owned
from app.platform import queue
from app.ports import Service
from app.rights import Principal, Right
from app.store import audit, invitations, live, members, submissions
from app.store.invitations import Standing
from app.store.live import Exercise, LiveFile, LiveRun, Present
from app.store.rows import Owner, SubmissionRow
from app.submissions import reading
from app.submissions import service as submission_service
from app.submissions.service import Upload
from app.words import _
from graders.live import patch
from graders.live.kinds import KINDS
from graders.live.model import LiveTask, plain
from graders.live.tasks import tasks_for
from graders.model.submission import LINE_END, Submission
from sandbox.static_tools.bounded import Overrun

#: What the tokens of candidates' links are signed for.
LINK = "live"
#: Hours after which a link ends by itself: a debrief takes one.
HOURS = 3.0
#: Exercises of one candidate, and runs of one exercise.
MOST_EXERCISES, MOST_RUNS = 20, 40
#: The kinds of task of a challenge for which nobody has chosen any: on leaks, input, tests and code.
USUAL_KINDS = ("fit-inside", "split-groups", "split-time", "new-category", "catch-fault", "refactor")
#: Files that can be opened in the editor.
MOST_FILES = 60


@dataclass(frozen=True)
class Choice:
    """What can be opened for one candidate.

    `kinds` are those of every debrief of the challenge, `tasks` what this work gives of them, `without` the kinds for
    which it gives none.  `opened` are the candidate's exercises, the newest first.
    """

    kinds: tuple[str, ...]
    tasks: tuple[LiveTask, ...]
    without: tuple[str, ...]
    opened: tuple[Exercise, ...]


@dataclass(frozen=True)
class Now:
    """An exercise as it stands; `ahead` counts runs of other debriefs that begin before the one that waits here."""

    exercise: Exercise
    files: tuple[LiveFile, ...]
    runs: tuple[LiveRun, ...]
    present: tuple[Present, ...]
    ahead: int | None

    @property
    def task(self) -> LiveTask:
        return LiveTask.of(self.exercise.task)

    @property
    def going(self) -> bool:
        """Whether a run waits or is made."""
        return any(not run.ended for run in self.runs)


def choice(service: Service, who: Principal, invitation_id: str) -> Choice:
    """What can be opened for a candidate; Conflict where the policy does not allow it, or nothing has a report yet."""
    with service.reader.connect() as connection:
        standing = _allowed(connection, who, invitation_id)
        row = _reported(connection, standing)
        kinds = chosen_kinds(connection, who.org_id, standing.invitation.challenge)
        opened = tuple(live.of_invitation(connection, who.org_id, invitation_id))
    names = hidden_names(service, who, invitation_id)
    offered = _tasks(service, row, _unpacked(service, row))
    tasks = tuple(LiveTask.of(without(plain(task), names)) for task in offered if task.kind in kinds)
    there = {task.kind for task in tasks}
    return Choice(kinds, tasks, tuple(kind for kind in kinds if kind not in there), without(opened, names))


def open_exercise(service: Service, who: Principal, invitation_id: str, key: str) -> Exercise:
    """Open the task of this key, as `choice` offers it.  The candidate's link works until it ends.

    Raises as `choice` does; Forbidden for an API key, Invalid for a task that is not offered.
    """
    with service.reader.connect() as connection:
        standing = _allowed(connection, who, invitation_id)
        member_id = _member(who)
        row = _reported(connection, standing)
        kinds = chosen_kinds(connection, who.org_id, standing.invitation.challenge)
    unpacked = _unpacked(service, row)
    task = next((task for task in _tasks(service, row, unpacked) if task.key == key and task.kind in kinds), None)
    if task is None:
        raise Invalid("no-task", _("There is no such task for this work. Choose one of those on offer."))
    owner = (who.org_id, invitation_id, row.id, member_id)
    with service.engine.begin() as connection:
        invitations.hold(connection, invitation_id)
        if len(live.of_invitation(connection, who.org_id, invitation_id)) >= MOST_EXERCISES:
            raise Conflict("too-many", _("This candidate was given {n} tasks already.").format(n=MOST_EXERCISES))
        exercise_id = live.add(connection, owner, plain(task), _files(unpacked, task), HOURS)
        queue.enqueue_before(connection, exercise_id)
        detail = {"exercise_id": exercise_id, "kind": task.kind, "about": task.about, "submission_id": row.id}
        audit.record(connection, who, "live-opened", f"invitation:{invitation_id}", **detail)
        exercise = _found(connection, exercise_id)
    return without(exercise, hidden_names(service, who, invitation_id))


def find(service: Service, who: Principal, exercise_id: str) -> Exercise:
    """An exercise of the caller's organisation; NotFound where there is none."""
    with service.reader.connect() as connection:
        exercise = owned(live.find, connection, exercise_id, who.org_id)
        _require_code(who)
        return exercise


def now(service: Service, exercise_id: str) -> Now:
    """An exercise as it stands; NotFound where it was erased."""
    with service.reader.connect() as connection:
        return standing_of(connection, exercise_id)


def shown_to(service: Service, who: Principal, exercise: Exercise) -> Now:
    """An exercise as this member may see it: in blind mode without the candidate's name in the code."""
    return without(now(service, exercise.id), hidden_names(service, who, exercise.invitation_id))


def standing_of(connection: Connection, exercise_id: str) -> Now:
    """As `now`, on a connection of the caller's."""
    exercise, runs = _found(connection, exercise_id), tuple(live.runs(connection, exercise_id))
    waits = any(run.state == "queued" for run in runs)
    ahead = queue.ahead(connection, queue.live_lock(exercise_id), queue.LIVE_RUN) if waits else None
    present = tuple(live.present(connection, exercise_id))
    return Now(exercise, tuple(live.files(connection, exercise_id)), runs, present, ahead)


def all_of(service: Service, who: Principal, invitation_id: str) -> list[Now]:
    """What a candidate changed live, the first exercise first: an appendix of the report, which stays as it is.

    As this reader may see it, as in `choice` and `shown_to`.
    """
    with service.reader.connect() as connection:
        owned(invitations.standing, connection, invitation_id, who.org_id)
        _require_code(who)
        exercises = live.of_invitation(connection, who.org_id, invitation_id)
        done = [standing_of(connection, exercise.id) for exercise in reversed(exercises)]
    return without(done, hidden_names(service, who, invitation_id))


def link_of(service: Service, exercise: Exercise) -> str:
    """What the candidate opens."""
    return links.to_live(service.settings, service.keys.token(LINK, exercise.id, 1))


def end(service: Service, who: Principal, exercise_id: str) -> None:
    """The candidate's link opens nothing from now on; what was done stays.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        exercise = owned(live.find, connection, exercise_id, who.org_id)
        if live.end(connection, exercise_id):
            runs = len(live.runs(connection, exercise_id))
            subject = f"invitation:{exercise.invitation_id}"
            audit.record(connection, who, "live-ended", subject, exercise_id=exercise_id, runs=runs)


def opened(service: Service, token: str) -> Exercise:
    """The exercise whose link this is; NotFound for one that has ended, which is said, and for one that never was."""
    signed = service.keys.read(LINK, token)
    with service.reader.connect() as connection:
        exercise = live.find(connection, signed[0]) if signed else None
    if exercise is None:
        raise NotFound
    if not exercise.alive:
        raise NotFound("ended", _("This exercise has ended. There is nothing left for you to do here."))
    return exercise


def keep(service: Service, exercise: Exercise, draft: Draft) -> int:
    """Keep what the candidate has typed; the file's version from now on.

    Raises Stale where the file was changed in another window since it was read, NotFound where there is no such file.
    """
    with service.engine.begin() as connection:
        live.hold(connection, exercise.id)
        if not _found(connection, exercise.id).alive:
            raise NotFound
        live.predict(connection, exercise.id, _lines(draft.prediction))
        files = {file.path: file for file in live.files(connection, exercise.id)}
        if draft.path not in files:
            raise NotFound
        version = live.keep(connection, exercise.id, draft.path, _lines(draft.text), draft.version)
    if version is None:
        newest = files[draft.path].version
        raise Stale(
            "changed-elsewhere",
            _("This file was changed in another window. Your prediction is kept, and your text is still here."),
            hint=_("Save once more to replace the other text with yours."),
            version=newest,
        )
    return version


def run(service: Service, exercise: Exercise) -> LiveRun:
    """Queue a run of the files as they are kept.

    Raises Invalid without a prediction, or where intake refuses the change, as it would an upload; Conflict while
    another run goes or after MOST_RUNS; Unavailable where this machine cannot read it now.
    """
    with service.reader.connect() as connection:
        here = standing_of(connection, exercise.id)
        row = submissions.find(connection, exercise.submission_id)
    _require_ready(here)
    if row is None:
        raise NotFound
    changed = {file.path: file.text for file in here.files if file.changed}
    if changed:
        data = patch.upload(_unpacked(service, row), changed)
        submission_service.examine(service, Upload(data, "change.zip", row.challenge))
    with service.engine.begin() as connection:
        live.hold(connection, exercise.id)
        _require_ready(standing_of(connection, exercise.id))
        made = live.add_run(connection, exercise.id, here.exercise.prediction, changed)
        queue.enqueue_live(connection, exercise.id, made.id)
        actor = f"candidate:{_candidate(connection, exercise)}"
        audit.record(
            connection,
            actor,
            "live-run",
            f"invitation:{exercise.invitation_id}",
            org_id=exercise.org_id,
            exercise_id=exercise.id,
            run=made.number,
            kind=exercise.task["kind"],
            prediction_sha256=_digest(made.prediction),
            patch_sha256=_digest(changed),
        )
        return made


def stop(service: Service, exercise: Exercise) -> None:
    """End the run that waits or goes; nothing of it counts, and it can be run again.  A repetition changes nothing."""
    with service.engine.begin() as connection:
        live.hold(connection, exercise.id)
        for number in live.stop(connection, exercise.id):
            actor, subject = f"candidate:{_candidate(connection, exercise)}", f"invitation:{exercise.invitation_id}"
            detail = {"exercise_id": exercise.id, "run": number}
            audit.record(connection, actor, "live-stopped", subject, org_id=exercise.org_id, **detail)


def point(service: Service, exercise: Exercise, who: str, place: Place) -> None:
    """Where somebody is; `who` is CANDIDATE or the id of a member."""
    with service.engine.begin() as connection:
        live.point(connection, exercise.id, who, place.path, place.line, place.character)


def point_as(service: Service, who: Principal, exercise_id: str, place: Place) -> None:
    """Show the candidate a line."""
    exercise = find(service, who, exercise_id)
    names = hidden_names(service, who, exercise.invitation_id)
    paths = {without(file.path, names): file.path for file in now(service, exercise_id).files} if names else {}
    real = place.model_copy(update={"path": paths.get(place.path, place.path)})
    point(service, exercise, _member(who), real)


def chosen_kinds(connection: Connection, org_id: str, challenge: str) -> tuple[str, ...]:
    """The kinds of task that all debriefs of a challenge use: those chosen, or USUAL_KINDS."""
    chosen = live.kinds(connection, org_id, challenge)
    return USUAL_KINDS if chosen is None else tuple(kind for kind in KINDS if kind in chosen)


def kinds_of(service: Service, who: Principal, challenge: str) -> tuple[tuple[str, ...], Mapping[str, int]]:
    """(the kinds of a challenge's debriefs, how many candidates were given each kind so far); NotFound for none."""
    _require_offered(service, who, challenge)
    with service.reader.connect() as connection:
        return chosen_kinds(connection, who.org_id, challenge), live.used_kinds(connection, who.org_id, challenge)


def choose_kinds(service: Service, who: Principal, challenge: str, wanted: Iterable[str]) -> tuple[str, ...]:
    """Choose the kinds for all debriefs of a challenge from now on; Invalid for none, or a kind that there is not."""
    names = set(wanted)
    if not names or not names <= set(KINDS):
        raise Invalid("no-kind", _("Choose at least one of the kinds of task on offer."))
    _require_offered(service, who, challenge)
    kinds = tuple(kind for kind in KINDS if kind in names)
    with service.engine.begin() as connection:
        live.choose_kinds(connection, who.org_id, challenge, kinds)
        audit.record(
            connection, who, "live-kinds-chosen", f"organisation:{who.org_id}", challenge=challenge, kinds=kinds
        )
    return kinds


def _require_offered(service: Service, who: Principal, challenge: str) -> None:
    if challenge not in {offered.id for offered in challenge_service.offered(service, who.org_id)}:
        raise NotFound


def _allowed(connection: Connection, who: Principal, invitation_id: str) -> Standing:
    standing = owned(invitations.standing, connection, invitation_id, who.org_id)
    _require_code(who)
    if not members.organisation(connection, who.org_id).live:
        raise Conflict("not-used", _("Your organisation does not let candidates change their work in a debrief."))
    if standing.invitation.revoked_at is not None:
        raise Conflict("withdrawn", _("The invitation was withdrawn."))
    return standing


def _reported(connection: Connection, standing: Standing) -> SubmissionRow:
    """The submission that counts; Conflict where none has a report yet."""
    owner = Owner(standing.invitation.org_id)
    row = submissions.find(connection, standing.final, owner) if standing.final else None
    if row is None:
        raise Conflict("no-report", _("There is no report yet. A task rests on what a report found."))
    return row


def _unpacked(service: Service, row: SubmissionRow) -> Submission:
    return submission_service.handed_in(service, row)


def _tasks(service: Service, row: SubmissionRow, unpacked: Submission) -> tuple[LiveTask, ...]:
    challenge = service.ports.challenge(row.challenge)
    report = json.loads(reading.result(service, row, JSON))
    try:
        return SERVER.call(BOUNDS, tasks_for, report, unpacked, challenge)
    except Overrun:  # a text that takes so much to read gives no task
        return ()


def _files(unpacked: Submission, task: LiveTask) -> dict[str, str]:
    """The texts by path, that of the task first, which may be a new file; code before other texts."""
    texts = {task.path: "", **patch.texts(unpacked)}
    ranked = sorted(texts, key=lambda path: (path != task.path, not path.endswith(".py"), path))
    return {path: _lines(texts[path]) for path in ranked[:MOST_FILES]}


def _require_ready(here: Now) -> None:
    if not here.exercise.alive:
        raise NotFound
    if not here.exercise.prediction.strip():
        raise Invalid(
            "prediction-missing",
            _("Write first what you expect to happen. Then run it."),
            hint=_("One sentence is enough. It is shown beside what did happen."),
        )
    if here.going:
        raise Conflict("run-goes", _("A run of yours still goes. Start the next one when it has ended."))
    if len(here.runs) >= MOST_RUNS:
        raise Conflict("no-runs-left", _("All {n} runs of this task are used.").format(n=MOST_RUNS))


def _found(connection: Connection, exercise_id: str) -> Exercise:
    exercise = live.find(connection, exercise_id)
    if exercise is None:
        raise NotFound
    return exercise


def _candidate(connection: Connection, exercise: Exercise) -> str:
    standing = invitations.standing(connection, exercise.invitation_id)
    assert standing is not None  # an exercise goes with its invitation
    return standing.candidate.id


def _require_code(who: Principal) -> None:
    if not who.may(Right.READ_CODE):
        raise Forbidden("not-allowed", _("You may not read the candidate’s code, which this shows."))


def _member(who: Principal) -> str:
    if who.member_id is None:
        raise Forbidden("not-allowed", _("Only a member can do this. Sign in as a member."))
    return who.member_id


def _lines(words: str) -> str:
    """As the database keeps it: a form sends other ends of lines than a file has."""
    return LINE_END.sub("\n", words)


def _digest(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()
