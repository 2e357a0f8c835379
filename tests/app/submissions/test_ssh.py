"""Git over SSH: with the invitation's key, to servers whose key is known, within the limits of https."""

from __future__ import annotations

from pathlib import Path

import pytest

from app.platform.secrets import Keyring
from app.submissions import fetching, git, ssh
from app.submissions.repository import Wanted
from tests.app.submissions.ssh_server import serving_ssh
from tests.app.submissions.test_repository import honest, names, reason

KEYS = Keyring(b"k" * 32)
SEED = ssh.deploy_key(KEYS, "0" * 20)
KEY = ssh.public_key(SEED)


def known(tmp_path: Path, line: str) -> tuple[ssh.KnownHost, ...]:
    file = tmp_path / "known_hosts"
    file.write_text(f"# ours\n\n|1|hashed ssh-rsa AAAA\n{line} a comment\n")
    return ssh.known_hosts(str(file))


def test_the_key_of_an_invitation_is_its_own_and_always_the_same() -> None:
    assert KEY.startswith("ssh-ed25519 AAAA")
    assert ssh.deploy_key(KEYS, "0" * 20) == SEED
    assert ssh.public_key(ssh.deploy_key(KEYS, "1" * 20)) != KEY


def test_a_commit_is_fetched_over_ssh_with_the_key(tmp_path: Path) -> None:
    """In the process with limits too; one command is sent, with the path in quotes."""
    repo, commits = honest()
    with serving_ssh(repo, KEY) as server:
        hosts = known(tmp_path, server.known_host)
        taken = git.fetched(Wanted(server.url, "early", seed=SEED, hosts=hosts), private=True)
        again = fetching.fetch(Wanted(server.url, commits[2].decode(), seed=SEED, hosts=hosts), private=True)
    assert (taken.commit, names(taken)) == (commits[0].decode(), {"pipeline.py"})
    assert (again.commit, len(again.steps)) == (commits[2].decode(), 3)
    assert set(server.commands) == {"git-upload-pack '/work.git'"}


def test_an_unknown_server_and_a_key_that_is_not_taken_are_refused(tmp_path: Path) -> None:
    """Nothing is sent to a server whose key is another than the known one, or is known for another port."""
    repo, _commits = honest()
    other = ssh.public_key(ssh.deploy_key(KEYS, "1" * 20))
    with serving_ssh(repo, KEY) as server, serving_ssh(repo, other) as strict:
        wanted = Wanted(server.url, seed=SEED)
        name, kind, _key = server.known_host.split()
        forged = strict.known_host.split()[2]
        cases = {
            "REPOSITORY_HOST_KEY": (wanted, server.known_host.replace(f":{server.port}", ":22")),
            "REPOSITORY_HOST_KEY ": (wanted, f"{name} {kind} {forged}"),
            "REPOSITORY_KEY": (Wanted(strict.url, seed=SEED), strict.known_host),
        }
        for code, (asked, line) in cases.items():
            hosts = known(tmp_path, line)
            full = Wanted(asked.url, seed=SEED, hosts=hosts)
            assert reason(lambda full=full: git.fetched(full, private=True)) == code.strip()  # type: ignore[misc]
        assert reason(lambda: git.fetched(wanted, private=True)) == "REPOSITORY_HOST_KEY"
    assert server.commands + strict.commands == []


def test_a_server_that_sends_without_end_is_ended(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git, "MAX_BYTES", 2**20)
    repo, _commits = honest()
    with serving_ssh(repo, KEY, flood=40) as server:
        wanted = Wanted(server.url, seed=SEED, hosts=known(tmp_path, server.known_host))
        assert reason(lambda: git.fetched(wanted, private=True)) == "REPOSITORY_TOO_BIG"


@pytest.mark.parametrize(
    "url",
    [
        "ssh://git@127.0.0.1/work.git",  # not public
        "git@localhost:owner/work.git",
        "ssh://git@[::1]/work.git",
        "ssh://git:word@github.com/owner/work.git",
        "ssh://-oProxyCommand=x@github.com/a",
        "ssh://git@github.com/a'; touch b; '",
        "ssh://git@github.com/a?b",
        "ssh://git@github.com",
        "ssh://git@github.com:99999/a",
        "ssh:///work.git",
        "ext::sh -c touch",
        "git://github.com/owner/work.git",
        "file:///etc",
    ],
)
def test_an_address_that_leads_elsewhere_is_refused(url: str) -> None:
    """Before anything is connected to: the rules are those of https."""
    assert reason(lambda: git.fetched(Wanted(url, seed=SEED), private=False)) == "REPOSITORY_ADDRESS"


def test_the_short_form_is_the_address_that_hosts_show() -> None:
    assert ssh.normal("git@github.com:owner/work.git") == "ssh://git@github.com/owner/work.git"
    for url in ("https://github.com/owner/work.git", "ssh://git@github.com/a:b", "git@github.com:/etc", "no"):
        assert ssh.normal(url) == url
