"""Secrets: shown once, stored as digests, closed to everybody else."""

from __future__ import annotations

import stat
from collections.abc import Callable

import pytest
from sqlalchemy import text

from app.cli.issue import new_invitation, new_key
from app.platform import secrets
from app.store import access, members
from app.store.invitations import NewInvitation
from testing.site import MakeSettings, Site, running_site


def test_the_first_start_says_the_secrets_once(make_settings: MakeSettings) -> None:
    """The second start of the same installation says nothing, and the first key still works."""
    settings = make_settings(embedded_worker=False)
    with running_site(settings) as first:
        assert first.key.startswith("assay_")
        assert first.http.get(first.invitation).status_code == 200
    with running_site(settings) as second:
        assert (second.key, second.invitation) == ("", "")
        answer = second.http.post("/api/v1/submissions", headers=first.headers)
        assert answer.status_code == 422


def test_no_secret_is_stored_in_the_clear(site: Site) -> None:
    """Neither key nor token is in any column of any table."""
    with site.service.engine.connect() as connection:
        stored = "".join(
            str(row)
            for table in ("api_keys", "invitations", "submissions", "procrastinate_jobs")
            for row in connection.execute(text(f"SELECT t::text FROM {table} t"))  # noqa: S608
        )
    assert len(stored) > 100
    for secret in (site.key, site.key.split("_", 2)[2], site.invitation.removeprefix("/i/")):
        assert secret not in stored
        assert secret.encode().hex() not in stored


def test_another_organisation_sees_nothing_of_mine(site: Site) -> None:
    """404 on every route, exactly as for what does not exist."""
    where = site.upload().headers["location"]
    site.wait(where)
    with site.service.engine.begin() as connection:
        elsewhere = members.add_organisation(connection, "Another")
        other = {"Authorization": f"Bearer {access.issue_key(connection, elsewhere, 'other')}"}
    nothing = site.http.get(f"/api/v1/submissions/{'0' * 20}", headers=other)
    for path in ("", "/events", "/report", "/report.json", "/report.html", "/findings.sarif"):
        answer = site.http.get(where + path, headers=other)
        assert answer.status_code == 404
        assert answer.content == nothing.content


def test_a_revoked_key_opens_nothing(make_site: Callable[..., Site]) -> None:
    """As soon as it is revoked."""
    site = make_site(embedded_worker=False)
    with site.service.engine.begin() as connection:
        connection.execute(text("UPDATE api_keys SET revoked_at = now()"))
    assert site.http.get("/api/v1/submissions/0", headers=site.headers).status_code == 401


def test_keys_and_invitations_can_be_issued_beside_a_running_service(site: Site) -> None:
    """From another process on the same settings, without stopping anything."""
    key = new_key(site.settings, "second")
    link = new_invitation(site.settings, NewInvitation("ml_pipeline", 3))
    answer = site.http.post("/api/v1/submissions", headers={"Authorization": f"Bearer {key}"})
    assert answer.status_code == 422
    assert site.http.get(link).status_code == 200


def test_the_home_is_closed_to_other_users(site: Site) -> None:
    """Mode 700, whatever the umask."""
    assert stat.S_IMODE(site.settings.home.stat().st_mode) == 0o700


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("assay_0123abcd_" + "x" * 43, "0123abcd"),
        ("assay_0123abcd_" + "x" * 42, None),
        ("assay_0123ABCD_" + "x" * 43, None),
        (" assay_0123abcd_" + "x" * 43, None),
        ("assay_0123abcd_" + "x" * 43 + "\n", None),
        ("", None),
    ],
)
def test_only_what_looks_like_a_key_is_looked_up(text: str, prefix: str | None) -> None:
    """The database never sees anything else."""
    assert secrets.key_prefix(text) == prefix


def test_a_secret_matches_its_own_digest_only() -> None:
    """New keys differ, and each is found by its prefix."""
    one, two = secrets.new_key(), secrets.new_key()
    assert secrets.same(one.text, one.digest)
    assert not secrets.same(two.text, one.digest)
    assert secrets.key_prefix(one.text) == one.prefix
