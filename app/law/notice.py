"""The text of a notice: drafted from the challenge's own rubric and data, and checked for its parts once edited."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import groupby

from app.law.profiles import Profile
from app.words import LANGUAGES, N_, _, filled, reading_in
from graders.model.challenge import Challenge

#: What a notice may have to say, each under a heading of its own.
HEADINGS: Mapping[str, str] = {
    "program": N_("A program assesses your work"),
    "assessed": N_("What is assessed"),
    "data": N_("Which data are used"),
    "basis": N_("Why, and on what legal basis"),
    "recipients": N_("Who receives the data"),
    "kept": N_("How long data are kept"),
    "people": N_("People decide"),
    "alternative": N_("Another way of selection"),
    "rights": N_("Your rights"),
    "contact": N_("Whom to ask"),
}
#: What a law calls a program like this one.
TERMS: Mapping[str, str] = {
    "colorado": N_("automated decision-making technology"),
    "new-york-city": N_("automated employment decision tool"),
    "eu": N_("AI system"),
}
SECTIONS: Mapping[str, str] = {
    "model": N_("The model"),
    "code": N_("The code"),
    "production": N_("Ready for production"),
    "responsibility": N_("Responsibility"),
}


@dataclass(frozen=True)
class Of:
    """What a draft is about, and who answers for it."""

    organisation: str
    contact: str
    kept_days: int


def draft(profile: Profile, challenge: Challenge, of: Of, last: str = "") -> str:
    """Markdown with the parts that the profile names; to be read and edited by whoever publishes it.

    `last` is the text of an earlier version: it stays, and parts that it does not have come after it.
    """
    term = TERMS.get(profile.id)
    texts = {
        "program": _(
            "{organisation} uses a program called Assay for the task “{title}”. "
            "It runs the code you hand in on data you have not seen, and checks the code. "
            "A report with points comes out. People read it, and it is one of the things they go by."
        ).format(organisation=of.organisation, title=challenge.title)
        + (" " + _("The law calls such a program “{term}”.").format(term=_(term)) if term else ""),
        "assessed": _assessed(challenge),
        "data": _(
            "The program uses the files that you hand in, and what their runs show: answers, time, memory and faults. "
            "It compares your code with that of others who have the same task. That changes no points. "
            "Your name and address are used to write to you, and have no part in the points. "
            "All of it comes from you or from {organisation}."
        ).format(organisation=of.organisation),
        "basis": _(
            "The data are used to assess your application, and for nothing else. "
            "The legal basis is that you asked to be considered for a contract (GDPR Article 6(1)(b)). "
            "Nobody is obliged to hand in work. Without it your work cannot be assessed."
        ),
        "recipients": _(
            "Those at {organisation} who invite, interview and decide see the data. "
            "Companies that run its servers and send its mails hold them on its behalf. Nobody else gets them."
        ).format(organisation=of.organisation),
        "kept": _(
            "Your data are kept for {days} days after the decision, and then erased. "
            "You can download them, or ask for their erasure, on the page of your invitation."
        ).format(days=of.kept_days),
        "people": _(
            "The program decides nothing. A person decides and gives a reason. "
            "If you are rejected, you get a letter with the reasons. "
            "You can then ask that another person look at it again."
        ),
        "alternative": _(
            "You can ask for another way of selection, or for an accommodation of a disability or other need. "
            "Write to {contact}. Asking does not count against you."
        ).format(contact=of.contact),
        "rights": _(
            "You can see, correct, download and erase your data, restrict their use, and object to it. "
            "You can ask that a person look at a decision again, and say how you see it. "
            "You can complain to the data protection authority where you live."
        ),
        "contact": _("Do you want to know more? Write to {contact} at {organisation}.").format(
            contact=of.contact, organisation=of.organisation
        ),
    }
    new = [f"## {_(HEADINGS[part])}\n\n{texts[part]}" for part in _missing(profile, last)]
    return "\n\n".join([last.rstrip()] * bool(last) + new) + "\n"


def missing(profile: Profile, text: str) -> list[str]:
    """The headings of parts that the profile asks for and the text does not have, in any of our languages."""
    return [_(HEADINGS[part]) for part in _missing(profile, text)]


def _missing(profile: Profile, text: str) -> list[str]:
    heads = {line.lstrip("#").strip() for line in text.splitlines() if re.match(r"#{1,6} ", line)}
    parts = profile.notice.parts if profile.notice else ()
    return [part for part in parts if heads.isdisjoint(_in_all_languages(HEADINGS[part]))]


def _assessed(challenge: Challenge) -> str:
    """The rubric by section, with the most points of each criterion."""
    lines = []
    for section, group in groupby(challenge.rubric, key=lambda criterion: criterion.section):
        lines.append(f"* {_(SECTIONS[section])}")
        for criterion in group:
            most = filled(_("at most {points:g} points"), points=criterion.points)
            lines.append(f"    * {criterion.title} ({most})")
    return "\n".join([_("These qualities of the work earn points:"), "", *lines])


def _in_all_languages(sentence: str) -> set[str]:
    said = set()
    for locale in LANGUAGES:
        with reading_in(locale, chosen=True):
            said.add(_(sentence))
    return said
