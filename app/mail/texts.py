"""What mails say: plain text, one subject and one body for each kind.

Sentences are whole and marked for gettext; what is filled in has a name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from app.deadlines import lasting, said
from app.mail.outbox import Kind
from app.store.invitations import Standing
from app.store.rows import Organisation, State, SubmissionRow
from app.words import N_, _, ngettext


@dataclass(frozen=True)
class Text:
    subject: str
    body: str


@dataclass(frozen=True)
class About:
    """What a mail to a candidate tells of.  `attempt` is the submission that RECEIVED and GRADED are about;
    `letter` is the text of LETTER, `away` the address that ends reminders,
    `own` the organisation's words of DECISION."""

    found: Standing
    organisation: Organisation
    title: str
    link: str
    attempt: SubmissionRow | None = None
    letter: str = ""
    away: str = ""
    own: Text | None = None

    @property
    def when(self) -> str:
        """The deadline in the candidate's time zone and in UTC; empty where there is none."""
        deadline, zone = self.found.invitation.deadline, self.found.candidate.timezone
        if deadline is None:
            return ""
        here = said(deadline, zone)
        if zone == "UTC":
            return here
        return _("{local}, which is {time} UTC").format(local=here, time=f"{deadline:%Y-%m-%d %H:%M}")

    @property
    def deadline(self) -> str:
        invitation = self.found.invitation
        if invitation.unstarted and invitation.time is not None:
            begin = _("Start by {when}.").format(when=self.when) if self.when else _("You choose when you start.")
            own = _("From your own start you have {time}.").format(time=lasting(invitation.time))
            return f"{begin} {own}"
        if not self.when:
            return _("There is no deadline.")
        return _("Your deadline is {when}.").format(when=self.when)

    @property
    def left(self) -> str:
        total = self.found.invitation.attempts
        sentence = ngettext(
            "You have {n} of {total} graded attempt left.", "You have {n} of {total} graded attempts left.", total
        )
        return sentence.format(n=self.found.left, total=total)

    @property
    def page(self) -> str:
        return linked(_("Your page:"), self.link)

    def fill(self, sentence: str) -> str:
        """A sentence with the names of the organisation and the challenge in its gaps."""
        return sentence.format(organisation=self.organisation.name, title=self.title)


def candidate_text(kind: Kind, about: About) -> Text:
    """The mail of this kind; greeting and close of an organisation's own words are its own."""
    warning = _("Assay sent this mail. The link is yours alone: do not pass it on.")
    if about.own is not None:
        return Text(about.own.subject, "\n\n".join([about.own.body, about.page, warning]) + "\n")
    subject, paragraphs = TEXTS[kind](about)
    close = about.organisation.name
    return Text(subject, "\n\n".join([_hello(about.found.candidate.first_name), *paragraphs, close, warning]) + "\n")


def welcome_text(name: str, organisation: str, link: str) -> Text:
    """To a member who is to set a password."""
    news = _("You are now a member of {organisation} on Assay. Set your password here:").format(
        organisation=organisation
    )
    subject = _("Your account on Assay ({organisation})").format(organisation=organisation)
    return Text(subject, f"{_hello(name)}\n\n{news}\n\n{link}\n")


#: What members and channels hear of, by event: the sentence, and the subject of a mail about it alone.
NEWS = {
    "finished": (N_("{candidate} has finished: {title}."), N_("Finished: {candidate}")),
    "report": (N_("The report about {candidate} is ready: {title}."), N_("Report ready: {candidate}")),
    "appeal": (N_("{candidate} has appealed against a finding: {title}."), N_("Appeal: {candidate}")),
    "review": (
        N_("{candidate} asks that another person look at the decision again: {title}."),
        N_("Human review: {candidate}"),
    ),
    "overdue": (
        N_("The human review that {candidate} asked for is overdue: {title}."),
        N_("Human review overdue: {candidate}"),
    ),
    "failed": (
        N_("A grading of {candidate} failed on our side: {title}. No attempt was used."),
        N_("Grading failed: {candidate}"),
    ),
    "decided": (N_("A decision about {candidate} was recorded: {title}."), N_("Decision: {candidate}")),
    "expired": (
        N_("The deadline of {candidate} has passed, and nothing was handed in: {title}."),
        N_("Expired: {candidate}"),
    ),
}
#: News of one member alone, and of no channel.
PERSONAL = {
    "assigned": (N_("You are to debrief {candidate}: {title}."), N_("Debrief for you: {candidate}")),
    "mention": (
        N_("A colleague has named you in a comment about {candidate}: {title}."),
        N_("Comment about {candidate}"),
    ),
}
#: Pieces of news that one mail tells.
MOST_NEWS = 50


@dataclass(frozen=True)
class News:
    """One piece of news for a member: what happened to whom, and where to read on."""

    event: str
    candidate: str
    title: str
    link: str


def news_sentence(event: str, candidate: str, title: str) -> str:
    """What happened, without anything of a result."""
    return _((NEWS | PERSONAL)[event][0]).format(candidate=candidate, title=title)


def news_text(name: str, told: Sequence[News], choice: str) -> Text:
    """To a member: one piece of news, or several."""
    subject = _((NEWS | PERSONAL)[told[0].event][1]).format(candidate=told[0].candidate)
    if len(told) > 1:
        subject = ngettext("{n} piece of news from Assay", "{n} pieces of news from Assay", len(told))
        subject = subject.format(n=len(told))
    shown = [f"{news_sentence(one.event, one.candidate, one.title)}\n\n{one.link}" for one in told[:MOST_NEWS]]
    more = len(told) - MOST_NEWS
    if more > 0:
        rest = ngettext("There is {n} more piece of news.", "There are {n} more pieces of news.", more)
        shown.append(rest.format(n=more))
    less = _("You choose in your settings which mails you get:")
    return Text(subject, "\n\n".join([_hello(name), *shown, less, choice]) + "\n")


def debrief_text(name: str, candidate: str, when: str, link: str) -> Text:
    """To an interviewer, the day before a debrief."""
    news = _("Your debrief of {candidate} is on {when}.").format(candidate=candidate, when=when)
    read = _("The questions and your scorecard are here:")
    subject = _("Debrief: {candidate}, {when}").format(candidate=candidate, when=when)
    return Text(subject, f"{_hello(name)}\n\n{news}\n\n{read}\n\n{link}\n")


def test_text(address: str) -> Text:
    """To a member who wants to know whether mails arrive."""
    news = _("You asked Assay at {address} for a test mail. It has arrived, so mails to candidates leave too.")
    return Text(_("Test mail from Assay"), f"{_hello('')}\n\n{news.format(address=address)}\n")


def linked(sentence: str, address: str) -> str:
    """A sentence, and the address that it leads to on a line of its own."""
    return f"{sentence}\n\n{address}"


def _hello(name: str) -> str:
    return _("Hello {name},").format(name=name) if name else _("Hello,")


Content = tuple[str, list[str]]


def _invitation(a: About) -> Content:
    task = [
        a.fill(_("{organisation} invites you to a take-home task: {title}.")),
        linked(_("Everything you need is on this page. You need no account:"), a.link),
        f"{a.deadline} {a.left} " + _("You can check your work as often as you like."),
        _(
            "A program grades your work, and people read its report. A person decides. "
            "The page says what is assessed, how to appeal, and how to get or erase your data."
        ),
    ]
    if a.found.invitation.notice_id:
        task.insert(
            2, linked(_("A notice says how your work is assessed, and which rights you have:"), f"{a.link}/notice")
        )
    return a.fill(_("Take-home task: {title}")), task


def _extended(a: About) -> Content:
    moved = a.when and not a.found.invitation.unstarted
    news = _("Your deadline was moved. It is now {when}.").format(when=a.when) if moved else a.deadline
    return a.fill(_("New deadline: {title}")), [news, a.page]


def _reminder(a: About) -> Content:
    news = _("This is a reminder.") + f" {a.deadline} {a.left}"
    more = _("Do you need more time? The page says how to get it.")
    away = linked(_("You want no more reminders? End them here:"), a.away)
    return a.fill(_("Reminder: {title}")), [news, a.page, more, away]


def _started(a: About) -> Content:
    news = _("You have started. Your time ends on {when}.").format(when=a.when)
    return a.fill(_("Started: {title}")), [news, a.page]


def _withdrawn(a: About) -> Content:
    news = a.fill(_("{organisation} has withdrawn the invitation to {title}. You can hand in nothing more."))
    more = linked(_("You can still get or erase your data here:"), a.link)
    return a.fill(_("Invitation withdrawn: {title}")), [news, more]


def _reopened(a: About) -> Content:
    news = a.fill(_("{organisation} has opened your invitation to {title} again. You can hand in."))
    return a.fill(_("Open again: {title}")), [news, f"{a.deadline} {a.left}", a.page]


def _received(a: About) -> Content:
    name = a.attempt.name if a.attempt else _("your submission")
    news = _("We have received {name}. It is stored, and its grading is queued.").format(name=name)
    proof = [_("SHA-256 of the file: {digest}").format(digest=a.attempt.sha256)] if a.attempt else []
    return a.fill(_("Received: {title}")), [news, *proof, linked(_("Follow the grading here:"), a.link)]


def _graded(a: About) -> Content:
    state = a.attempt.state if a.attempt else State.GRADED
    subject, news = {
        State.UNGRADED: (
            _("Not scored: {title}"),
            _("Your code had a problem, so we could not score it. Your page says what and where."),
        ),
        State.FAILED: (
            _("Grading failed: {title}"),
            _("The grading failed on our side. No attempt was used. Hand in again."),
        ),
        State.ABORTED: (_("Grading stopped: {title}"), _("The grading was stopped on request. No attempt was used.")),
    }.get(state, (_("Graded: {title}"), _("Your submission was graded.")))
    later = _("You see the findings once your invitation is closed. So everybody has the same terms.")
    return a.fill(subject), [news, f"{a.left} {later}" if state is State.GRADED else a.left, a.page]


def _closed(a: About) -> Content:
    news = a.fill(_("Your invitation to {title} is closed. Thank you for your work."))
    shown = {
        "findings": _("Your feedback is on your page. If a finding is wrong, appeal against it there."),
        "band": _("The band of your result is on your page."),
    }.get(a.organisation.feedback, a.fill(_("{organisation} will contact you.")))
    return a.fill(_("Closed: {title}")), [news, f"{shown}\n\n{a.link}"]


def _appeal(a: About) -> Content:
    news = linked(_("A person has answered your appeal. Read the answer here:"), a.link)
    return a.fill(_("Your appeal was answered: {title}")), [news]


def _decided(a: About) -> Content:
    plain = a.letter.replace("## ", "").strip()
    return a.fill(_("Decision: {title}")), [plain, linked(_("You find this letter here, too:"), f"{a.link}/decision")]


def _reviewed(a: About) -> Content:
    news = linked(_("A person has looked at the decision again. Read the answer here:"), f"{a.link}/decision")
    return a.fill(_("Human review: {title}")), [news]


TEXTS: Mapping[Kind, Callable[[About], Content]] = {
    Kind.INVITATION: _invitation,
    Kind.EXTENDED: _extended,
    Kind.REMINDER: _reminder,
    Kind.REMINDER_48: _reminder,
    Kind.REMINDER_4: _reminder,
    Kind.STARTED: _started,
    Kind.WITHDRAWN: _withdrawn,
    Kind.REOPENED: _reopened,
    Kind.RECEIVED: _received,
    Kind.GRADED: _graded,
    Kind.CLOSED: _closed,
    Kind.APPEAL: _appeal,
    Kind.LETTER: _decided,
    Kind.REVIEWED: _reviewed,
}
