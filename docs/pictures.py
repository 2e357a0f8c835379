"""Take the pictures of the README from the reports that `./setup.sh demo` leaves: `python -m docs.pictures out`.

The service is the real one; where it would grade, it takes the stored report of the reference that was handed in.
"""

from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app.adapters import production
from app.artifacts import Artifacts
from app.platform.settings import Settings
from app.ports import Ports
from app.rights import Role
from graders.model.challenge import Challenge
from graders.model.probe import Watch
from graders.model.submission import Submission
from graders.report.html import render
from graders.report.sarif import render as sarif
from graders.report.schema import Document
from testing import site
from tests.app.support.candidates import Invited, close, graded
from tests.app.support.people import Person, signed_in

HERE = Path(__file__).parent
PEOPLE = {"good": ("Kim", "Okafor"), "leaky": ("Lena", "Brandt"), "notebook": ("Aiko", "Tanaka")}
PEOPLE |= {"overfit": ("Tomás", "Rivera"), "ugly_but_right": ("Priya", "Raman"), "crashes": ("Sam", "Lindqvist")}
SIZES = {"wide": (1180, 1150), "narrow": (420, 900)}


def main(reports: Path) -> None:
    with tempfile.TemporaryDirectory() as home, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        shoot(browser, (reports / "leaky" / "report.html").resolve().as_uri(), "report")
        settings = Settings(home=Path(home), port=site.free_port(), requests_per_second=1000)
        with site.running_site(settings, stored(reports)) as running:
            recruiter = signed_in(running, Role.RECRUITER)
            invited = {name: hand_in(recruiter, name) for name in PEOPLE if (reports / name).is_dir()}
            recruiter.ask("POST", "/api/v1/invitations", json={"email": "noor@example.org", "first_name": "Noor"})
            interviewer = signed_in(running, Role.INTERVIEWER, recruiter.org_id)
            close(recruiter, invited["notebook"])
            base = settings.base_url
            shoot(browser, f"{base}/work", "candidates", recruiter)
            shoot(browser, f"{base}/work/c/{invited['leaky'].id}/debrief", "debrief", interviewer)
            shoot(browser, base + invited["good"].link, "task")
            notebook = invited["notebook"]
            shoot(browser, f"{base}{notebook.link}/s/{notebook.submission}/feedback", "feedback", size="narrow")
        browser.close()


def hand_in(recruiter: Person, name: str) -> Invited:
    first, last = PEOPLE[name]
    return graded(recruiter, name, f"{name}@example.org", first_name=first, last_name=last, timezone="Europe/Vienna")


def shoot(browser: Browser, address: str, name: str, who: Person | None = None, size: str = "wide") -> None:
    width, height = SIZES[size]
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    if who is not None:
        cookie, _, value = who.headers["Cookie"].partition("=")
        page.context.add_cookies([{"name": cookie, "value": value, "url": address}])
    page.goto(address)
    page.screenshot(path=HERE / f"{name}.png")
    page.close()


def stored(reports: Path) -> site.MakePorts:
    """The ports of the real service, but for grading: the report of the reference whose name was handed in."""

    def grade(submission: Submission, challenge: Challenge, watch: Watch) -> Artifacts:  # noqa: ARG001
        name = submission.files["pipeline.py"].decode()
        document = Document.model_validate_json((reports / name / "report.json").read_bytes())
        return Artifacts(document, render(document), sarif(document), b"")

    @contextmanager
    def ports(settings: Settings) -> Iterator[Ports]:
        from testing.fakes import unpack  # noqa: PLC0415 - takes any file for a submission

        with production.ports(settings) as real:
            yield replace(real, grade=grade, unpack=unpack)

    return ports


if __name__ == "__main__":
    main(Path(sys.argv[1]))
