"""Take the pictures of the README from the demo: `python -m docs.pictures`.

Run `./setup.sh demo` first, wait until it says that all references are graded, and stop it.  Takes the same ASSAY_HOME.
"""

from __future__ import annotations

import sys
import time
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from app import links
from app.adapters import production
from app.demo.people import APPLICANTS, INTERVIEWER, RECRUITER, TAG
from app.platform.settings import Settings
from app.store import access, demo, invitations, members
from app.web.auth import COOKIE
from benchmarks.live_changes import SPLIT, SPLIT_BY_CUSTOMER
from graders.live.patch import PIPELINE
from testing.site import Site, free_port, running_site

HERE = Path(__file__).parent
SIZE = (1180, 1150)
EXPECTED = "The estimate falls by some points: customers no longer stand on both sides of the split."


def main() -> None:
    settings = Settings(port=free_port())
    with running_site(settings, production.ports) as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path="/usr/bin/chromium", args=["--no-sandbox"])
        recruiter, interviewer = session(site, RECRUITER.email), session(site, INTERVIEWER.email)
        leaky, notebook, good = (invitation(site, name) for name in ("leaky", "notebook", "good"))
        base = settings.base_url
        shoot(browser, f"{base}/work/c/{leaky}/report", "report", recruiter)
        shoot(browser, f"{base}/work?tag={TAG}", "candidates", recruiter)
        shoot(browser, f"{base}/work/c/{notebook}/debrief", "debrief", interviewer)
        shoot(browser, link(site, good), "task")
        shoot(browser, f"{base}/work/live/{changed_live(site, leaky, interviewer)}", "live", interviewer)
        browser.close()


def session(site: Site, email: str) -> str:
    """The cookie of one of the demo's members."""
    with site.service.engine.begin() as connection:
        member = demo.member(connection, str(access.first_organisation(connection)), email)
        if member is None:
            sys.exit("There is no demo in this ASSAY_HOME. Run `./setup.sh demo` first.")
        return members.open_session(connection, member)


def invitation(site: Site, reference: str) -> str:
    """The id of the invitation of whoever handed in this reference."""
    applicant = next(each for each in APPLICANTS if each.reference == reference)
    with site.service.engine.connect() as connection:
        found = demo.invitation_of(connection, str(access.first_organisation(connection)), applicant.external_id)
    return str(found)


def link(site: Site, invitation_id: str) -> str:
    with site.service.engine.connect() as connection:
        token = invitations.token(connection, site.service.keys, invitation_id)
    return links.to_invitation(site.settings, token)


def changed_live(site: Site, invitation_id: str, cookie: str) -> str:
    """An exercise on the split of the reference `leaky`, with one run that has ended; its id."""
    ours, where = (
        {"Cookie": f"{COOKIE}={cookie}", "Sec-Fetch-Site": "same-origin"},
        f"/api/v1/invitations/{invitation_id}/live",
    )
    tasks = site.http.get(where, headers=ours).json()["tasks"]
    key = next(task["key"] for task in tasks if task["kind"] == "split-groups")
    made = site.http.post(where, headers=ours, json={"key": key}).json()
    own = "/api/v1/l/" + made["url"].rpartition("/")[2]
    text = next(file["text"] for file in site.http.get(own).json()["files"] if file["path"] == PIPELINE)
    changed = text.replace(SPLIT, SPLIT_BY_CUSTOMER)
    site.http.put(f"{own}/draft", json={"path": PIPELINE, "version": 0, "text": changed, "prediction": EXPECTED})
    site.http.post(f"{own}/runs")
    while site.http.get(own).json()["runs"][-1]["state"] not in ("done", "failed"):
        time.sleep(1)
    return str(made["id"])


def shoot(browser: Browser, address: str, name: str, cookie: str = "") -> None:
    width, height = SIZE
    page = browser.new_page(viewport={"width": width, "height": height}, color_scheme="light")
    if cookie:
        page.context.add_cookies([{"name": COOKIE, "value": cookie, "url": address}])
    page.goto(address)
    if "/work/live/" in address:
        page.locator(".editor").wait_for()
    page.screenshot(path=HERE / f"{name}.png")
    page.close()


if __name__ == "__main__":
    main()
