"""Nobody gets more than their share of the service."""

from __future__ import annotations

from collections.abc import Callable

from app.web.rate import BURST_SECONDS, CALLERS, Buckets
from testing.site import Site


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_bucket_lets_a_burst_through_and_then_the_rate() -> None:
    """Two a second: eight at once, then one every half second."""
    clock = Clock()
    buckets = Buckets(2, clock)
    burst = int(2 * BURST_SECONDS)
    assert [buckets.wait(b"a") for _ in range(burst)] == [0.0] * burst
    assert buckets.wait(b"a") == 0.5
    assert buckets.wait(b"b") == 0.0
    clock.now += 0.5
    assert buckets.wait(b"a") == 0.0
    assert buckets.wait(b"a") == 0.5


def test_many_callers_do_not_fill_the_memory() -> None:
    """The one not heard of for longest is forgotten."""
    buckets = Buckets(1, Clock())
    for number in range(CALLERS + 10):
        buckets.wait(str(number).encode())
    assert len(buckets._left) == CALLERS


def test_who_asks_too_often_is_told_when_to_come_back(make_site: Callable[..., Site]) -> None:
    """429 with Retry-After, as a problem; health checks are never refused."""
    site = make_site(embedded_worker=False, requests_per_second=1)
    answers = [site.http.get("/api/v1/me", headers=site.headers) for _ in range(10)]
    refused = answers[-1]
    assert answers[0].status_code == 200
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 1
    assert refused.json()["type"] == "urn:assay:problem:too-many-requests"
    assert {site.http.get("/healthz").status_code for _ in range(10)} == {200}
