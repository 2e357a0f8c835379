"""What a rejected candidate is told where the law of their invitation asks for it, as the decision is made."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import metadata

from sqlalchemy import Connection

from app import words
from app.errors import NotFound
from app.law.profiles import profile
from app.mail.outbox import Kind
from app.mail.service import mail
from app.ports import Service
from app.rights import Principal
from app.store import audit, letters, members
from app.store.invitations import Standing
from app.store.letters import Letter
from app.words import _, reading_in


def write(service: Service, connection: Connection, who: Principal, standing: Standing, version: int, why: str) -> None:
    """Keep and mail the letter about a rejection, where the law asks for one; in the candidate's language.

    It holds no link: members read it too, and a candidate's link is theirs alone.  The mail adds it.
    """
    invitation = standing.invitation
    law, now = profile(invitation.profile), datetime.now(UTC)
    if law.letter is None:
        return
    until = now + timedelta(days=law.review.ask_days) if law.review else None
    organisation = members.organisation(connection, invitation.org_id)
    contact = members.member(connection, invitation.created_by, invitation.org_id) if invitation.created_by else None
    appeals = standing.final is not None and organisation.feedback == "findings"
    with reading_in(standing.candidate.locale):
        title = service.ports.challenge(invitation.challenge).title
        parts = [
            (
                _("The decision"),
                _(
                    "{organisation} has decided not to go on with your application for “{title}”. "
                    "A person decided this on {day}."
                ),
            ),
            (_("The reasons"), "\n".join(f"> {line}" for line in why.splitlines())),
            (_("What was used"), _used(standing)),
            (
                _("If you want to know more"),
                _(
                    "Write to {contact}. You can ask who develops the program, and which data it used: "
                    "their types, their categories, and where they come from."
                ),
            ),
            (
                _("If something is not correct"),
                _(
                    "You can see and download what is kept about you on your page, under “Your data”. "
                    "If something there is not correct, write to {contact}, and ask to have it corrected."
                )
                + (" " + _("Against a finding you can appeal on your feedback page.") if appeals else ""),
            ),
        ]
        if law.review and until:
            parts.append(
                (
                    _("Human review"),
                    _(
                        "You can ask that another person look at the decision again, until {until}. "
                        "Do so on your page, under “The decision”. "
                        "You get an answer within {days} days."
                    ),
                )
            )
        gaps = {
            "organisation": organisation.name,
            "title": title,
            "day": words.date(now),
            "contact": contact.email if contact else organisation.name,
            "program": f"Assay {metadata.version('assay')}",
            "until": words.date(until) if until else "",
            "days": law.review.answer_days if law.review else "",
        }
        # The reasons are a person's own words, in which braces mean nothing.
        said = [f"## {head}\n\n{text if text.startswith('>') else text.format(**gaps)}" for head, text in parts]
    letters.add(connection, invitation.org_id, invitation.id, version, law.id, "\n\n".join(said) + "\n", until)
    audit.record(connection, who, "letter-written", f"invitation:{invitation.id}", version=version, profile=law.id)
    mail(connection, standing, Kind.LETTER, version)


def _used(standing: Standing) -> str:
    """What had a part in the decision: whoever handed nothing in was assessed by no program."""
    if standing.final is None:
        return _("No report of a program was there when this was decided.")
    return _(
        "A program, {program}, ran the code you handed in and made a report with points and findings. "
        "People read the report. The program decided nothing. "
        "It used the files that you handed in, and what their runs showed. They came from you. "
        "The points rest on the qualities that the notice of your invitation names."
    )


def newest(service: Service, standing: Standing) -> Letter:
    """The last letter to a candidate, which they see now; NotFound where there is none."""
    with service.engine.begin() as connection:
        letter = last(connection, standing)
        letters.shown(connection, letter)
        return letter


def last(connection: Connection, standing: Standing) -> Letter:
    """The last letter to a candidate, or NotFound."""
    known = letters.of_invitation(connection, standing.invitation.id)
    if not known:
        raise NotFound
    return known[0]
