"""Single sign-on lets in whom the provider vouches for, and nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from joserfc.jwk import RSAKey

from app.rights import Role
from app.store import members
from app.store.members import NewMember
from testing.site import NO_TLS, Site, free_port, new_database, running_site
from tests.app.conftest import MADE
from tests.app.support.people import organisation
from tests.app.support.provider import Provider, provider


@pytest.fixture(scope="module")
def idp() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture(scope="module")
def site(postgres: str, tmp_path_factory: pytest.TempPathFactory, idp: Provider) -> Iterator[Site]:
    from app.platform.settings import Settings  # noqa: PLC0415

    settings = Settings(
        home=tmp_path_factory.mktemp("home"),
        database_url=new_database(postgres, MADE),
        port=free_port(),
        embedded_worker=False,
        requests_per_second=10_000,
        oidc_issuer=idp.issuer,
        oidc_client_id="assay",
        oidc_client_secret="any",  # noqa: S106
    )
    with running_site(settings) as made:
        yield made


@pytest.fixture
def member(site: Site, idp: Provider) -> str:
    """The address of a member, which the provider vouches for until a test says otherwise."""
    org_id = organisation(site)
    email = f"{org_id}@example.org"
    with site.service.engine.begin() as connection:
        members.add_member(connection, org_id, NewMember(email, "", Role.RECRUITER))
    idp.claims, idp.signer = {"email": email, "sub": org_id}, None
    return email


def sign_in(site: Site, idp: Provider, code: str = "good", state: str | None = None) -> httpx2.Response:
    """Through the provider and back; the answer to coming back."""
    with httpx2.Client(base_url=site.http.base_url, verify=NO_TLS) as client:
        sent = client.get("/sign-in/sso")
        idp.asked = dict(parse_qsl(urlsplit(sent.headers["location"]).query))
        assert idp.asked["code_challenge_method"] == "S256"
        back = {"code": code, "state": state or idp.asked["state"]}
        answer = client.get("/sign-in/sso/back", params=back)
        if answer.status_code == 303:
            assert client.get("/api/v1/me").json()["role"] == "recruiter"
        return answer


@pytest.mark.usefixtures("member")
def test_a_member_comes_in_and_is_known_by_subject_afterwards(site: Site, idp: Provider) -> None:
    """Also when the provider's address for them changes."""
    assert sign_in(site, idp).status_code == 303
    idp.claims = idp.claims | {"email": "married@example.org"}
    assert sign_in(site, idp).status_code == 303


def test_nobody_takes_over_a_member_who_is_bound_to_another_subject(site: Site, idp: Provider, member: str) -> None:
    """An address that the provider has given away again opens nothing."""
    assert sign_in(site, idp).status_code == 303
    idp.claims = {"email": member, "sub": "somebody else"}
    assert sign_in(site, idp).status_code == 403


@pytest.mark.usefixtures("member")
@pytest.mark.parametrize(
    ("claims", "status"),
    [
        ({"email": "stranger@example.org", "sub": "7"}, 403),
        ({"email_verified": False}, 401),
        ({"email_verified": "true"}, 401),
        ({"iss": "http://evil.example"}, 401),
        ({"aud": "another"}, 401),
        ({"nonce": "replayed"}, 401),
        ({"exp": 1}, 401),
        ({"email": None}, 401),
    ],
)
def test_a_token_that_is_not_for_us_opens_nothing(
    site: Site, idp: Provider, claims: dict[str, object], status: int
) -> None:
    """Whichever of its claims it is."""
    idp.claims = idp.claims | claims
    assert sign_in(site, idp).status_code == status


@pytest.mark.usefixtures("member")
def test_neither_does_a_foreign_signature_code_or_state(site: Site, idp: Provider) -> None:
    """Each is refused on the sign-in page, with the reason."""
    assert sign_in(site, idp, code="stolen").status_code == 401
    assert sign_in(site, idp, state="forged").status_code == 401
    idp.signer = RSAKey.generate_key(2048, {"kid": "1"})
    assert sign_in(site, idp).status_code == 401


def test_coming_back_without_having_left_is_refused(site: Site) -> None:
    """No cookie, or one that somebody made up."""
    for cookie in ({}, {"Cookie": "assay_sso=e30=.00"}):
        answer = site.http.get("/sign-in/sso/back?code=good&state=x", headers=cookie)
        assert answer.status_code == 401
        assert "Start again" in answer.text
