"""The audit log in words: what was done, and what an entry says besides."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from app.law.profiles import NAMES as LAWS
from app.live.views import kind_title
from app.tracking.adapters import ADAPTERS
from app.web import labels
from app.web.rendering import moment
from app.words import LANGUAGES, N_, _, filled

#: What was done, as `act` makes it from an action such as `key-made`.
ACTS = (
    N_("appeal opened"),
    N_("appeal resolved"),
    N_("candidate corrected"),
    N_("candidate erased"),
    N_("candidates exported"),
    N_("challenge asked"),
    N_("challenge build"),
    N_("challenge confirmed"),
    N_("challenge edited"),
    N_("challenge exported"),
    N_("challenge imported"),
    N_("challenge lint"),
    N_("challenge linted"),
    N_("challenge propose"),
    N_("challenge published"),
    N_("challenge read"),
    N_("challenge removed"),
    N_("challenge retired"),
    N_("challenge revise"),
    N_("challenge uploaded"),
    N_("channel added"),
    N_("channel changed"),
    N_("channel gone"),
    N_("channel message sent again"),
    N_("channel removed"),
    N_("channel tested"),
    N_("comment removed"),
    N_("comment written"),
    N_("decision mailed"),
    N_("decision recorded"),
    N_("demo loaded"),
    N_("demo removed"),
    N_("dispute withdrawn"),
    N_("erasure refused"),
    N_("finding disputed"),
    N_("first step challenge"),
    N_("first step mail"),
    N_("grading completed"),
    N_("grading failed"),
    N_("grading retried"),
    N_("grading started"),
    N_("grading stopped"),
    N_("human review answered"),
    N_("human review asked"),
    N_("human review overdue"),
    N_("impact report made"),
    N_("invitation accommodated"),
    N_("invitation assigned"),
    N_("invitation closed"),
    N_("invitation created"),
    N_("invitation expired"),
    N_("invitation extended"),
    N_("invitation final chosen"),
    N_("invitation link renewed"),
    N_("invitation opened"),
    N_("invitation paused"),
    N_("invitation push ended"),
    N_("invitation push wished"),
    N_("invitation reminded"),
    N_("invitation reminders declined"),
    N_("invitation reminders wanted"),
    N_("invitation reopened"),
    N_("invitation resumed"),
    N_("invitation rows made"),
    N_("invitation started"),
    N_("invitation tagged"),
    N_("invitation unassigned"),
    N_("invitation withdrawn"),
    N_("invitations assign undone"),
    N_("invitations assign"),
    N_("invitations extend undone"),
    N_("invitations extend"),
    N_("invitations invite undone"),
    N_("invitations invite"),
    N_("invitations remind"),
    N_("invitations tag undone"),
    N_("invitations tag"),
    N_("invitations withdraw undone"),
    N_("invitations withdraw"),
    N_("key made"),
    N_("key revoked"),
    N_("legal hold ended"),
    N_("legal hold placed"),
    N_("letter written"),
    N_("live ended"),
    N_("live kinds chosen"),
    N_("live opened"),
    N_("live ran"),
    N_("live run"),
    N_("live stopped"),
    N_("member added"),
    N_("member changed"),
    N_("notice published"),
    N_("notice read"),
    N_("order cancelled"),
    N_("order taken"),
    N_("order told again"),
    N_("password set"),
    N_("policy changed"),
    N_("regrade asked"),
    N_("regrades asked"),
    N_("regrades stopped"),
    N_("report adopted"),
    N_("report ready"),
    N_("report shared"),
    N_("report superseded"),
    N_("review locked"),
    N_("scorecard locked"),
    N_("share ended"),
    N_("signed in"),
    N_("submission received"),
    N_("submission rejected"),
    N_("template removed"),
    N_("template written"),
    N_("test mail sent"),
    N_("timer removed"),
    N_("timer set"),
    N_("tracking added"),
    N_("tracking changed"),
    N_("tracking key rotated"),
    N_("tracking removed"),
    N_("webhook added"),
    N_("webhook changed"),
    N_("webhook gone"),
    N_("webhook redelivered"),
    N_("webhook removed"),
    N_("webhook secret rotated"),
    N_("webhook silent"),
    N_("webhook tested"),
    N_("welcome link made"),
)
#: What an entry says besides.  Ids are not here: they mean nothing to a reader.
DETAILS = {
    "about": N_("about"),
    "asks_self_description": N_("asks for sex and race or ethnicity"),
    "band": N_("band"),
    "batch": N_("batch"),
    "blind": N_("interviewers see no names"),
    "by": N_("by"),
    "candidates": N_("candidates"),
    "challenge": N_("challenge"),
    "changed": N_("changed"),
    "code": N_("code"),
    "count": N_("count"),
    "counts": N_("counts"),
    "days": N_("days"),
    "debrief_at": N_("debrief"),
    "disabled": N_("disabled"),
    "domain": N_("domain"),
    "due": N_("due"),
    "email": N_("mail address"),
    "events": N_("events"),
    "external_id": N_("external id"),
    "failed": N_("failed"),
    "feedback": N_("candidates see once they are done"),
    "fields": N_("corrected"),
    "filter": N_("filter"),
    "first_name": N_("first name"),
    "flagged": N_("flagged"),
    "grader_version": N_("grader"),
    "gradings": N_("gradings"),
    "hide_until_locked": N_("interviewers rate first"),
    "kind": N_("kind"),
    "kinds": N_("kinds of task"),
    "label": N_("name"),
    "last_name": N_("last name"),
    "left_out": N_("left out"),
    "live": N_("code may be changed live"),
    "locale": N_("language"),
    "member": N_("member"),
    "mentions": N_("members named"),
    "minutes": N_("minutes"),
    "name": N_("name"),
    "new": N_("new"),
    "old": N_("old"),
    "outcome": N_("outcome"),
    "overridden": N_("overridden"),
    "own_rows": N_("rows of one’s own in"),
    "patch_sha256": N_("SHA-256 of the change"),
    "pause_minutes": N_("minutes of a pause"),
    "pauses": N_("pauses"),
    "pinned": N_("pinned"),
    "prediction_sha256": N_("SHA-256 of the prediction"),
    "profile": N_("law"),
    "reader": N_("reader"),
    "reason": N_("reason"),
    "reason_code": N_("reason"),
    "replaced": N_("instead of run"),
    "resolution": N_("resolution"),
    "retention_days": N_("days until data are erased"),
    "role": N_("role"),
    "rows": N_("rows"),
    "rubric_version": N_("rubric"),
    "run": N_("run"),
    "runs": N_("runs"),
    "scopes": N_("rights"),
    "seconds": N_("seconds"),
    "self_extension_hours": N_("hours that a candidate may add"),
    "state": N_("state"),
    "submission": N_("submission"),
    "submissions": N_("submissions"),
    "tells": N_("is told"),
    "their_key": N_("the system’s own key"),
    "timezone": N_("time zone"),
    "until": N_("until"),
    "url": N_("address"),
    "version": N_("version"),
    "why": N_("why"),
    "wish": N_("named"),
    "with_hidden": N_("with hidden rows"),
}
#: What the values of a detail are called; the rest is told as it stands.
VALUES: Mapping[str, Mapping[str, str]] = {
    "by": {"password": N_("password"), "sso": N_("single sign-on")},
    "changed": DETAILS,
    "events": labels.events | labels.own_events,
    "feedback": labels.feedback,
    "fields": DETAILS,
    "kind": labels.gradings
    | {kind: adapter.title for kind, adapter in ADAPTERS.items()}
    | {"check": N_("check"), "graded": N_("hand-in")},
    "locale": LANGUAGES,
    "outcome": labels.outcomes | {"stands": N_("the decision stands"), "changed": N_("the decision was changed")},
    "profile": LAWS,
    "reader": labels.readers,
    "reason_code": labels.reasons,
    "resolution": labels.resolutions,
    "role": labels.roles,
    "scopes": labels.rights,
    "state": labels.states,
    "tells": labels.tells,
    "why": {
        "asked": N_("it was asked for"),
        "asked-during-hold": N_("it was asked for during a legal hold"),
        "retention": N_("the time to keep it was over"),
    },
    "wish": {
        "target": N_("what is predicted"),
        "title": N_("title"),
        "id": N_("short name"),
        "task": N_("task"),
        "metric": N_("metric"),
        "positive": N_("value that is asked about"),
        "group": N_("unit that rows belong to"),
        "time": N_("time"),
        "hidden": N_("share of hidden rows"),
        "hidden_units": N_("units of hidden rows"),
        "drop": N_("columns left out"),
        "pseudonym": N_("columns made pseudonyms"),
    },
}
_TIMES = frozenset({"debrief_at", "due", "new", "old", "until"})
#: Numbers of other rows, which name nothing for a reader.
_UNSAID = frozenset({"after", "delivery", "link"})


def act(action: str) -> str:
    """What was done: `key made` for `key-made`."""
    return _(action.replace("-", " ").replace(".", " "))


def details(detail: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[str, str]]:
    """What an entry says besides, as (name, value); `names` calls members and submissions by kind and id."""
    return list(_told(detail, names))


def _told(detail: Mapping[str, Any], names: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for name, value in detail.items():
        if name in ("submission_id", "member"):
            kind = name.removesuffix("_id")
            if (known := f"{kind}:{value}") in names:
                yield _(DETAILS[kind]), names[known]
        elif not name.endswith("_id") and name not in _UNSAID and (said := _plain(name, value, names)):
            yield _(DETAILS.get(name, name.replace("_", " "))), said


def _plain(name: str, value: Any, names: Mapping[str, str]) -> str:
    """A value of an entry for reading."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(_plain(name, one, names) for one in value)
    if isinstance(value, Mapping):
        return ", ".join(filled(_("{name}: {value}"), name=key, value=said) for key, said in _told(value, names))
    return _one(name, str(value))


def _one(name: str, value: str) -> str:
    if name in _TIMES:
        with suppress(ValueError):
            return moment(datetime.fromisoformat(value))
    if name.endswith("_sha256"):
        return f"{value[:12]}…"
    known = VALUES.get(name, {})
    return kind_title(value) if name in ("kind", "kinds") and value not in known else _(known.get(value, value))
