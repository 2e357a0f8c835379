"""Mails over a real SMTP server: each is sent once, says what it must, and no name adds a header to it."""

from __future__ import annotations

import asyncio
import smtplib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import icalendar
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope

from app.invitations import jobs as invitation_jobs
from app.mail import jobs
from app.mail.message import BadAddress, message
from app.mail.texts import Text
from app.news import service as news_service
from app.rights import Role
from app.store import invitations, members
from testing.site import Site, free_port
from testing.waiting import until
from tests.app.conftest import MADE
from tests.app.support.links import forged
from tests.app.support.people import Person, signed_in

NOW = datetime(2026, 3, 1, tzinfo=UTC)


class Catcher:
    """Keeps what it is sent; answers the first `busy` with 451, and anything to `nobody` with 550."""

    def __init__(self) -> None:
        self.caught: list[EmailMessage] = []
        self.busy = 0

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name and arguments
        self,
        _server: Any,
        _session: Any,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address.startswith("nobody"):
            return "550 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Envelope) -> str:  # noqa: N802
        if self.busy > 0:
            self.busy -= 1
            return "451 later"
        made = message_from_bytes(envelope.content or b"", policy=default)  # type: ignore[arg-type]
        assert isinstance(made, EmailMessage)
        assert [made["To"].addresses[0].addr_spec] == envelope.rcpt_tos
        self.caught.append(made)
        return "250 OK"

    def wait(self, subject: str, to: str) -> EmailMessage:
        """The first mail to this address whose subject begins so, once it has come."""

        def right() -> list[EmailMessage]:
            return [mail for mail in tuple(self.caught) if mail["Subject"].startswith(subject) and to in mail["To"]]

        return until(right)[0]


@contextmanager
def catching() -> Iterator[tuple[Catcher, int]]:
    catcher, port = Catcher(), free_port()
    controller = Controller(catcher, hostname="127.0.0.1", port=port)
    controller.start()
    yield catcher, port
    controller.stop()


@pytest.fixture(scope="module")
def post() -> Iterator[tuple[Catcher, int]]:
    with catching() as made:
        yield made


@pytest.fixture(scope="module")
def catcher(post: tuple[Catcher, int]) -> Catcher:
    return post[0]


@pytest.fixture(scope="module", autouse=True)
def _at_once() -> Iterator[None]:
    """News are gathered for no time."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(news_service, "WINDOW", timedelta(0))
        yield


@pytest.fixture(scope="module")
def mailing(post: tuple[Catcher, int], postgres: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    from app.platform.settings import Settings  # noqa: PLC0415
    from testing.site import new_database, running_site  # noqa: PLC0415

    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        retry_seconds=0,
        mail_url=f"smtp://127.0.0.1:{post[1]}",
        mail_from="Übung <jobs@example.org>",
        requests_per_second=10_000,
    )
    with running_site(settings) as made:
        yield made


def invite(member: Person, email: str, **terms: Any) -> dict[str, Any]:
    made = member.ask("POST", "/api/v1/invitations", json={"email": email} | terms)
    assert made.status_code == 201, made.text
    found: dict[str, Any] = made.json()
    return found


def body(made: EmailMessage) -> str:
    part = made.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def test_an_invitation_is_mailed_with_link_deadline_and_calendar(mailing: Site, catcher: Catcher) -> None:
    """Plain text, the deadline on the candidate's clock and in UTC; afterwards the invitation says when it was sent."""
    admin = signed_in(mailing)
    terms = {"first_name": "Kim", "last_name": "Lee", "timezone": "Europe/Vienna", "due_at": local_date(days=10)}
    made = invite(admin, "kim@example.org", **terms)
    mail = catcher.wait("Take-home task: Predict who leaves", "kim@example.org")
    assert made["link"] in body(mail)
    assert body(mail).startswith("Hello Kim,")
    assert "23:59 (Europe/Vienna), which is" in body(mail)
    assert mail["From"] == "Übung <jobs@example.org>"
    assert mail["To"] == "Kim Lee <kim@example.org>"
    assert "html" not in mail.get_content_type()
    (entry,) = mail.iter_attachments()
    assert entry.get_filename() == "deadline.ics"
    assert "BEGIN:VTIMEZONE" in str(entry.get_content())
    sent_at = until(lambda: admin.ask("GET", f"/api/v1/invitations/{made['id']}").json()["sent_at"])
    assert sent_at > made["created_at"]


def local_date(days: int) -> str:
    return (datetime.now(UTC) + timedelta(days=days)).date().isoformat()


def test_the_way_of_an_invitation_is_told_by_mail(mailing: Site, catcher: Catcher) -> None:
    """Extended, received, graded, closed, withdrawn: each once, none with a score."""
    admin = signed_in(mailing)
    made = invite(admin, "way@example.org", due_at=local_date(days=5))
    here, api = f"/api/v1/invitations/{made['id']}", "/api/v1/i/" + made["link"].rpartition("/i/")[2]
    admin.ask("POST", f"{here}/extend", json={"hours": 24, "reason_code": "illness"})
    moved = catcher.wait("New deadline", "way@example.org")
    (entry,) = moved.iter_attachments()
    assert "SEQUENCE:2" in str(entry.get_content())
    sent = mailing.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"score 73.25")})
    received = catcher.wait("Received", "way@example.org")
    assert sent.json()["sha256"] in body(received)
    assert "2 of 3 graded attempts left" in body(catcher.wait("Graded", "way@example.org"))
    mailing.http.post(f"{api}/close")
    catcher.wait("Closed", "way@example.org")
    admin.ask("POST", f"{here}/withdraw")
    for subject in ("Invitation withdrawn", "Take-home task"):
        catcher.wait(subject, "way@example.org")
    mine = [one for one in catcher.caught if "way@example.org" in one["To"]]
    assert len(mine) == 6
    assert not any("73.2" in body(one) for one in mine)


def test_a_reminder_ends_with_one_click_and_what_must_be_read_does_not(mailing: Site, catcher: Catcher) -> None:
    """RFC 8058 on reminders alone; all mails of an invitation are one thread; looking ends nothing."""
    admin = signed_in(mailing)
    made = invite(admin, "few@example.org", due_at=local_date(days=5))
    here = f"/api/v1/invitations/{made['id']}"
    assert admin.ask("POST", f"{here}/remind").is_success
    mail, first = catcher.wait("Reminder", "few@example.org"), catcher.wait("Take-home", "few@example.org")
    assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert (first["List-Unsubscribe"], first["References"]) == (None, mail["In-Reply-To"])
    away = mail["List-Unsubscribe"].strip("<>")
    assert away in body(mail)
    path = away.removeprefix(mailing.settings.base_url)

    def standing() -> Any:
        with mailing.service.engine.connect() as connection:
            return invitations.standing(connection, made["id"])

    assert mailing.http.get(path).status_code == 200
    assert standing().invitation.reminders_off_at is None
    assert mailing.http.post(path, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert standing().invitation.reminders_off_at is not None
    with mailing.service.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE mails SET created_at = created_at - interval '2 hours'")
    assert admin.ask("POST", f"{here}/remind").json()["type"].endswith("reminders-declined")
    assert mailing.http.post(path, data={"do": "again"}).status_code == 200
    assert admin.ask("POST", f"{here}/remind").is_success
    assert mailing.http.post(forged(path)).status_code == 404


def test_a_new_member_gets_the_link_that_sets_a_password(mailing: Site, catcher: Catcher) -> None:
    """The same as in the answer."""
    new = {"email": "new.member@example.org", "name": "Ada", "role": "interviewer"}
    made = signed_in(mailing).ask("POST", "/api/v1/members", json=new).json()
    assert made["welcome_url"] in body(catcher.wait("Your account on Assay", "new.member@example.org"))


def test_members_hear_that_a_candidate_has_finished(mailing: Site, catcher: Catcher) -> None:
    """Each once, unless they chose not to; without a result, and without a name for those who judge blind."""
    admin = signed_in(mailing)
    admin.ask("POST", "/work/settings/policies", data={"name": "Ore", "blind": "on"})
    roles = {name: signed_in(mailing, role, admin.org_id) for name, role in MEMBERS.items()}
    assert roles["deaf"].ask("POST", "/work/me", data={"finished": "off"}).status_code == 303
    addresses = {name: _address(admin, member) for name, member in roles.items()}
    made = invite(admin, "done@example.org", first_name="Kim", last_name="Okafor")
    api = "/api/v1/i/" + made["link"].rpartition("/i/")[2]
    mailing.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"score 73.25")})
    catcher.wait("Graded", "done@example.org")
    mailing.http.post(f"{api}/close")
    mailing.http.post(f"{api}/close")
    named = catcher.wait("Finished: Kim Okafor", addresses["named"])
    blind = catcher.wait("Finished: Candidate ", addresses["blind"])
    catcher.wait("Finished: Kim Okafor", _address(admin, admin))
    assert f"/work/c/{made['id']}" in body(named)
    assert "Okafor" not in blind.as_string()  # long: a link in it ends in random letters
    news = [one for one in catcher.caught if one["Subject"].startswith("Finished") and made["id"] in body(one)]
    assert len({one["To"] for one in news}) == len(news) == 3
    assert addresses["deaf"] not in str([one["To"] for one in news])
    assert not any("73.2" in body(one) for one in news)


MEMBERS = {"named": Role.RECRUITER, "blind": Role.INTERVIEWER, "deaf": Role.RECRUITER}


def _address(admin: Person, member: Person) -> str:
    with admin.site.service.engine.connect() as connection:
        found = members.member(connection, member.member_id, admin.org_id)
    assert found is not None
    return found.email


def test_a_server_that_is_busy_is_asked_again(mailing: Site, catcher: Catcher) -> None:
    """And the mail arrives once."""
    catcher.busy = 2
    invite(signed_in(mailing), "busy@example.org")
    catcher.wait("Take-home task", "busy@example.org")
    assert sum("busy@example.org" in one["To"] for one in catcher.caught) == 1


def test_an_address_that_is_refused_for_good_is_given_up(mailing: Site) -> None:
    """With a reason that names nobody."""
    made = invite(signed_in(mailing), "nobody@example.org")
    row = until(lambda: _mail(mailing, made["id"]), lambda row: row["given_up_at"])
    assert (row["problem"], row["sent_at"]) == ("The mail server refused the recipient (550).", None)


def _mail(site: Site, invitation_id: str) -> dict[str, Any]:
    with site.service.engine.connect() as connection:
        found = connection.exec_driver_sql("SELECT * FROM mails WHERE invitation_id = %s", (invitation_id,))
        return dict(found.mappings().one())


def test_a_server_that_stays_away_is_given_up_in_the_end(make_site: Callable[..., Site], monkeypatch: Any) -> None:
    """After so many tries; nothing waits for ever."""
    monkeypatch.setattr(jobs, "TRIES", 3)
    site = make_site(mail_url=f"smtp://127.0.0.1:{free_port()}")
    made = invite(signed_in(site), "kim@example.org")
    row = until(lambda: _mail(site, made["id"]), lambda row: row["given_up_at"])
    assert row["problem"] == "ConnectionRefusedError"


def test_without_a_server_mails_are_printed(site: Site, capfd: pytest.CaptureFixture[str]) -> None:
    """The console is the default, so that nothing has to be set up to try things out."""
    made = invite(signed_in(site), "console@example.org")
    parts: list[str] = []

    def printed() -> str:
        parts.append(capfd.readouterr().out)
        return "".join(parts)

    said = until(printed, lambda said: "end of mail" in said)
    assert "To: console@example.org" in said
    assert made["link"] in said


@pytest.mark.parametrize("text", ["Kim\r\nBcc: all@example.org", "Kim\nBcc: all@example.org\n\nHello", "K\u2028im\x00"])
def test_no_name_and_no_title_adds_a_header(text: str) -> None:
    """Whatever is in them, they stay on their one line."""
    made = message("m" * 20, "Assay <a@example.org>", (text, "kim@example.org"), Text(text, "Hello"), NOW)
    again = message_from_bytes(made.as_bytes(), policy=default)
    assert sorted(again.keys()) == sorted({*again.keys()})
    assert again["Bcc"] is None
    assert again["To"].addresses[0].addr_spec == "kim@example.org"


@pytest.mark.parametrize("address", ["kim", "kim@", "a@b\r\nBcc: x@y", "a@b, c@d", "<a@b>"])
def test_an_address_that_is_none_is_written_to_by_nobody(address: str) -> None:
    """BadAddress, and no message."""
    with pytest.raises(BadAddress):
        message("m" * 20, "Assay <a@example.org>", ("Kim", address), Text("s", "b"), NOW)


def test_the_calendar_entry_keeps_the_hour_across_a_change_of_clocks(mailing: Site) -> None:
    """23:59 in New York in summer, though it was invited in winter; with the rules of the zone in the file."""
    admin = signed_in(mailing)
    year = datetime.now(UTC).year + 1
    made = invite(admin, "ics@example.org", timezone="America/New_York", due_at=f"{year}-07-01")
    answer = mailing.http.get("/i/" + made["link"].rpartition("/i/")[2] + "/deadline.ics")
    assert answer.headers["content-type"].startswith("text/calendar")
    calendar = icalendar.Calendar.from_ical(answer.content)
    (event,) = calendar.walk("VEVENT")
    start = event["DTSTART"].dt
    assert (start.hour, start.minute, start.utcoffset()) == (23, 59, timedelta(hours=-4))
    assert event["UID"] == f"{made['id']}@assay"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["America/New_York"]
    assert [alarm["TRIGGER"].dt for alarm in calendar.walk("VALARM")] == [-timedelta(hours=48), -timedelta(hours=4)]


def test_without_a_deadline_there_is_no_calendar_entry(site: Site) -> None:
    """404."""
    assert site.http.get(f"{site.invitation}/deadline.ics").status_code == 404


@pytest.fixture
def quiet(make_site: Callable[..., Site]) -> Site:
    """No worker: the test does the upkeep itself."""
    return make_site(embedded_worker=False)


@pytest.mark.parametrize(
    ("hours", "expected"),
    [(72, []), (47, ["reminder-48"]), (3.5, ["reminder-4"]), (-1, [])],
)
def test_reminders_are_due_by_the_time_that_is_left(quiet: Site, hours: float, expected: list[str]) -> None:
    """48 hours before, 4 hours before, never both at once and never twice."""
    admin = signed_in(quiet)
    made = invite(admin, "kim@example.org", due_at=local_date(days=30))
    _let_time_pass(quiet, made["id"], hours)
    for _ in range(3):
        _upkeep(quiet)
    assert _kinds(quiet, made["id"]) == expected


def _let_time_pass(site: Site, invitation_id: str, left: float) -> None:
    """Until the deadline is `left` hours away; the invitation was made long before."""
    with site.service.engine.begin() as connection:
        due = datetime.now(UTC) + timedelta(hours=left)
        made = datetime.now(UTC) - timedelta(days=30)
        invitations.change(connection, invitation_id, deadline=due, created_at=made)


def _upkeep(site: Site) -> None:
    with site.service.engine.begin() as connection:
        invitation_jobs.close_late(connection)
        invitation_jobs.remind(connection)


def _kinds(site: Site, invitation_id: str) -> list[str]:
    query = "SELECT kind FROM mails WHERE invitation_id = %s AND kind LIKE 'reminder%%' ORDER BY kind"
    with site.service.engine.connect() as connection:
        return list(connection.exec_driver_sql(query, (invitation_id,)).scalars())


def test_an_extension_makes_reminders_due_again(quiet: Site) -> None:
    """For the new deadline, once more."""
    admin = signed_in(quiet)
    made = invite(admin, "kim@example.org", due_at=local_date(days=30))
    _let_time_pass(quiet, made["id"], 47)
    _upkeep(quiet)
    admin.ask("POST", f"/api/v1/invitations/{made['id']}/extend", json={"hours": 96, "reason_code": "other"})
    with quiet.service.engine.begin() as connection:
        connection.exec_driver_sql("UPDATE extensions SET created_at = now() - interval '20 days'")
    _let_time_pass(quiet, made["id"], 40)
    _upkeep(quiet)
    _upkeep(quiet)
    assert _kinds(quiet, made["id"]) == ["reminder-48", "reminder-48"]


def test_whoever_was_just_invited_handed_in_or_left_is_not_reminded(quiet: Site) -> None:
    """The invitation itself said when; and there is nothing to remind of."""
    admin = signed_in(quiet)
    fresh = invite(admin, "fresh@example.org", due_at=(datetime.now(UTC) + timedelta(hours=30)).isoformat())
    done = invite(admin, "done@example.org", due_at=local_date(days=30))
    api = "/api/v1/i/" + done["link"].rpartition("/i/")[2]
    quiet.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"ok")})
    gone = invite(admin, "gone@example.org", due_at=local_date(days=30))
    admin.ask("POST", f"/api/v1/invitations/{gone['id']}/withdraw")
    few = invite(admin, "few@example.org", due_at=local_date(days=30))
    with quiet.service.engine.begin() as connection:
        invitations.change(connection, few["id"], reminders_off_at=datetime.now(UTC))
    for one in (done, gone, few):
        _let_time_pass(quiet, one["id"], 3)
    _upkeep(quiet)
    assert [_kinds(quiet, one["id"]) for one in (fresh, done, gone, few)] == [[], [], [], []]


def test_a_deadline_that_passes_closes_once(quiet: Site) -> None:
    """With nothing handed in it expires; otherwise it is closed, and the candidate is told where feedback is."""
    admin = signed_in(quiet)
    idle = invite(admin, "idle@example.org", due_at=local_date(days=30))
    busy = invite(admin, "work@example.org", due_at=local_date(days=30))
    api = "/api/v1/i/" + busy["link"].rpartition("/i/")[2]
    quiet.http.post(f"{api}/submissions", files={"file": ("pipeline.py", b"ok")})
    for one in (idle, busy):
        _let_time_pass(quiet, one["id"], -0.1)
    _upkeep(quiet)
    _upkeep(quiet)
    query = "SELECT subject, action FROM audit_log WHERE action IN ('invitation.expired', 'invitation.closed')"
    with quiet.service.engine.connect() as connection:
        found = {tuple(row) for row in connection.exec_driver_sql(query)}
        mails = connection.exec_driver_sql("SELECT invitation_id FROM mails WHERE kind = 'closed'").scalars().all()
    assert found == {
        (f"invitation:{idle['id']}", "invitation.expired"),
        (f"invitation:{busy['id']}", "invitation.closed"),
    }
    assert mails == [busy["id"]]


def test_a_mail_of_the_past_is_not_sent(quiet: Site) -> None:
    """A link that was renewed, a reminder after the close: given up, with the reason."""
    admin = signed_in(quiet)
    made = invite(admin, "kim@example.org")
    first = _mail(quiet, made["id"])
    with quiet.service.engine.begin() as connection:
        invitations.new_link(connection, made["id"])
    asyncio.run(jobs.deliver(quiet.service, first["id"], 1))
    assert _mail(quiet, made["id"])["problem"] == "the link is none any more"


def test_a_plain_connection_never_leaves_the_machine() -> None:
    """Elsewhere it is STARTTLS or nothing."""
    from app.mail.post import _is_here  # noqa: PLC0415

    assert [_is_here(host) for host in ("127.0.0.1", "::1", "localhost", "mail.example.org", "10.0.0.1")] == [
        True, True, True, False, False,
    ]  # fmt: skip
    assert issubclass(smtplib.SMTPException, OSError)
