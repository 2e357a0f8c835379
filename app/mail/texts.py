"""What mails say: plain text, one subject and one body for each kind."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from app.deadlines import said
from app.mail.outbox import Kind
from app.store.invitations import Standing
from app.store.rows import Organisation, State, SubmissionRow


@dataclass(frozen=True)
class About:
    """What a mail to a candidate tells of.  `attempt` is the submission that RECEIVED and GRADED are about."""

    found: Standing
    organisation: Organisation
    title: str
    link: str
    attempt: SubmissionRow | None = None

    @property
    def deadline(self) -> str:
        """In the candidate's time zone and in UTC."""
        when, zone = self.found.invitation.deadline, self.found.candidate.timezone
        if when is None:
            return "no deadline"
        return said(when, zone) if zone == "UTC" else f"{said(when, zone)}, which is {when:%Y-%m-%d %H:%M} UTC"

    @property
    def left(self) -> str:
        return f"{self.found.left} of {self.found.invitation.attempts} graded attempts left"


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


def candidate_text(kind: Kind, about: About) -> Text:
    """The mail of this kind."""
    subject, paragraphs = TEXTS[kind](about)
    greeting = f"Hello {about.found.candidate.first_name}," if about.found.candidate.first_name else "Hello,"
    close = f"{about.organisation.name}\n\nThis mail was sent by Assay. The link is yours alone: do not pass it on."
    return Text(subject, "\n\n".join([greeting, *paragraphs, close]) + "\n")


def welcome_text(name: str, organisation: str, link: str) -> Text:
    """To a member who is to set a password."""
    hello = f"Hello {name}," if name else "Hello,"
    body = f"{hello}\n\nyou have been added to {organisation} on Assay. Set your password here:\n\n{link}\n"
    return Text(f"Your account on Assay ({organisation})", body)


def test_text(address: str) -> Text:
    """To a member who wants to know whether mails arrive."""
    body = f"Hello,\n\nYou asked Assay at {address} for a test mail. It has arrived, so candidates will get theirs.\n"
    return Text("Test mail from Assay", body)


Content = tuple[str, list[str]]


def _invitation(a: About) -> Content:
    task = [
        f"{a.organisation.name} invites you to a take-home task: {a.title}.",
        f"Everything about it is on this page; you need no account:\n\n{a.link}",
        f"Deadline: {a.deadline}. You have {a.left}; you can check your work as often as you like.",
        "Your work is graded by a program, and the report is read by people: a person decides, not the program. "
        "The page says what is assessed, how to appeal, and how to get or erase your data.",
    ]
    return f"Take-home task: {a.title}", task


def _extended(a: About) -> Content:
    return f"New deadline: {a.title}", [f"Your deadline was moved. It is now {a.deadline}.", f"Your page:\n\n{a.link}"]


def _reminder(a: About) -> Content:
    said_now = f"This is a reminder: your deadline is {a.deadline}. You have {a.left}."
    more = "If you need more time, the page has a way to take it or says whom to ask."
    return f"Reminder: {a.title}", [said_now, f"Your page:\n\n{a.link}", more]


def _withdrawn(a: About) -> Content:
    news = f"{a.organisation.name} has withdrawn the invitation to {a.title}. Nothing more can be handed in."
    return f"Invitation withdrawn: {a.title}", [news, f"You can still get or erase your data here:\n\n{a.link}"]


def _received(a: About) -> Content:
    name = a.attempt.name if a.attempt else "your submission"
    proof = f"SHA-256: {a.attempt.sha256}" if a.attempt else ""
    news = f"we have received {name}, and nothing can be lost now. {proof}".strip()
    return f"Received: {a.title}", [news, f"How its grading goes:\n\n{a.link}"]


def _graded(a: About) -> Content:
    state = a.attempt.state if a.attempt else State.GRADED
    news = {
        State.UNGRADED: "Your code ran into a problem and could not be scored. The page says which, and where.",
        State.FAILED: "The grading failed on our side. No attempt is spent: please hand in again.",
        State.ABORTED: "The grading was stopped on request. No attempt is spent.",
    }.get(state, "Your submission was graded.")
    more = "What was found is shown after the close, so that all attempts are made on the same terms."
    left = f"You have {a.left}. {more}" if state is State.GRADED else f"You have {a.left}."
    return f"Graded: {a.title}", [news, left, f"Your page:\n\n{a.link}"]


def _closed(a: About) -> Content:
    news = f"Your invitation to {a.title} is closed. Thank you for your work."
    shown = {
        "findings": "Your feedback is on your page. If a finding is wrong, appeal against it there.",
        "band": "The band of your result is on your page.",
    }.get(a.organisation.feedback, f"{a.organisation.name} will be in touch with you.")
    return f"Closed: {a.title}", [news, f"{shown}\n\n{a.link}"]


def _appeal(a: About) -> Content:
    return f"Your appeal was answered: {a.title}", [f"A person has answered your appeal. Read it here:\n\n{a.link}"]


TEXTS: Mapping[Kind, Callable[[About], Content]] = {
    Kind.INVITATION: _invitation,
    Kind.EXTENDED: _extended,
    Kind.REMINDER: _reminder,
    Kind.REMINDER_48: _reminder,
    Kind.REMINDER_4: _reminder,
    Kind.WITHDRAWN: _withdrawn,
    Kind.RECEIVED: _received,
    Kind.GRADED: _graded,
    Kind.CLOSED: _closed,
    Kind.APPEAL: _appeal,
}
