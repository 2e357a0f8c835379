"""What is resolved and from where, whose fault it is where nothing is, and that nothing is ever built."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from graders.model.probe import SandboxError
from sandbox.packages.index import Index, refusal, resolve, tags
from sandbox.packages.refusal import IndexUnreachable, PackagesRefused
from testing.wheels import sources, wheel

HAVE = {"numpy": "2.4.6", "scikit-learn": "1.9.1"}
WINDOWS, NEXT_PYTHON = "py3-none-win_amd64", "cp314-cp314-manylinux_2_28_x86_64"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels as they lie in an administrator's folder: neither numpy nor scikit-learn is among them."""
    place = tmp_path_factory.mktemp("wheels")
    wheel(place, "featurely", requires=["numpy>=2", "small-help==1.0"])
    wheel(place, "small-help")
    wheel(place, "old-one", requires=["numpy<2"])
    wheel(place, "only-windows", tag=WINDOWS)
    wheel(place, "next-python", tag=NEXT_PYTHON)
    wheel(place, "elsewhere", requires=["evil @ http://127.0.0.1:9/evil-1.0-py3-none-any.whl"])
    wheel(place, "both", tag=WINDOWS)
    wheel(place, "both")
    sources(place, "only_source")
    (place / "no_wheel-1.0-py3-none-any.whl").write_bytes(b"not even a zip")
    return place


def test_what_is_there_already_is_not_fetched_and_needs_no_wheel(folder: Path) -> None:
    found = resolve(["featurely==1.0", "numpy==2.4.6"], HAVE, Index(folder=folder))
    assert [(w.name, w.version, w.file) for w in found] == [
        ("featurely", "1.0", "featurely-1.0-py3-none-any.whl"),
        ("small-help", "1.0", "small_help-1.0-py3-none-any.whl"),
    ]
    assert all(len(w.sha256) == 64 for w in found)


def test_the_wheel_that_fits_the_image_is_taken(folder: Path) -> None:
    (found,) = resolve(["both==1.0"], HAVE, Index(folder=folder))
    assert found.file == "both-1.0-py3-none-any.whl"


@pytest.mark.parametrize(
    ("requirement", "code", "name"),
    [
        ("only-source==1.0", "PACKAGE_NO_WHEEL", "only-source"),
        ("only-windows==1.0", "PACKAGE_NO_WHEEL", "only-windows"),
        ("next-python==1.0", "PACKAGE_NO_WHEEL", "next-python"),
        ("not-there==1.0", "PACKAGE_UNKNOWN", "not-there"),
        ("small-help==9", "PACKAGE_UNKNOWN", "small-help"),
        ("old-one==1.0", "PACKAGE_CONFLICT", "old-one"),
        ("numpy==1.26.4", "PACKAGE_CONFLICT", "numpy"),
        ("elsewhere==1.0", "PACKAGE_BROKEN", "elsewhere"),
        ("no-wheel==1.0", "PACKAGE_BROKEN", "no-wheel"),
    ],
)
def test_what_cannot_be_had_is_refused_by_name(requirement: str, code: str, name: str, folder: Path) -> None:
    with pytest.raises(PackagesRefused) as refused:
        resolve([requirement], HAVE, Index(folder=folder))
    assert refused.value.code == code
    assert name in refused.value.names or name in refused.value.detail


class Gate(BaseHTTPRequestHandler):
    """An index that answers every request with its status."""

    def do_GET(self) -> None:
        self.send_response(int(self.path.split("/")[1]))
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def gate() -> Iterator[str]:
    with HTTPServer(("127.0.0.1", 0), Gate) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


@pytest.mark.parametrize("status", [401, 403, 500, 503])
def test_an_index_that_refuses_us_is_our_fault(status: int, gate: str) -> None:
    with pytest.raises(IndexUnreachable):
        resolve(["small-help==1.0"], HAVE, Index(f"{gate}/{status}/simple"))


def test_a_package_that_the_index_does_not_know_is_not(gate: str) -> None:
    with pytest.raises(PackagesRefused) as refused:
        resolve(["small-help==1.0"], HAVE, Index(f"{gate}/404/simple"))
    assert (refused.value.code, refused.value.names) == ("PACKAGE_UNKNOWN", ("small-help",))


def test_an_index_that_is_away_is_our_fault_and_its_password_is_not_told() -> None:
    with pytest.raises(IndexUnreachable) as away:
        resolve(["small-help==1.0"], HAVE, Index("http://us:secret@127.0.0.1:9/simple"))
    assert "secret" not in str(away.value)


def test_an_index_that_never_answers_is_given_up() -> None:
    class Silent(Gate):
        def do_GET(self) -> None:
            waiting.wait(120)

    waiting = threading.Event()
    with HTTPServer(("127.0.0.1", 0), Silent) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        with pytest.raises(IndexUnreachable, match="did not answer"):
            resolve(["a==1"], {}, Index(f"http://127.0.0.1:{server.server_port}/", seconds=2))
        waiting.set()
        server.shutdown()
        thread.join()


def test_complaints_that_nobody_knows_are_ours() -> None:
    assert type(refusal("thread 'main' panicked at 'x'", 101)) is SandboxError
    assert type(refusal("", -9)) is SandboxError


def test_tags_are_those_of_the_image() -> None:
    known = [str(tag) for tag in tags()]
    assert known[0].startswith("cp311-cp311-manylinux_2_28")
    assert "py3-none-any" in known
    assert not any("musl" in tag or "cp312" in tag for tag in known)
