"""One request to a stranger's server: the address examined and kept to, nothing followed, little of the answer read."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from functools import cache

import httpx

from app.webhooks import address
from app.words import _

TIMEOUT_SECONDS = 15.0
#: The wait before the second attempt, the third and so on; after the last one it is given up.
SCHEDULE = (5, 300, 1800, 7200, 18000, 36000, 50400, 72000, 86400)
JITTER = 0.1
RETRY_AFTER_MAX = 86400
AGENT = "Assay-Webhooks/1"


@dataclass(frozen=True)
class Answer:
    """What an attempt came to: a status, or a problem of the way there; `wait` is what Retry-After asked, in s."""

    status: int | None
    problem: str | None = None
    wait: int = 0

    @property
    def ok(self) -> bool:
        return self.status is not None and 200 <= self.status < 300

    @property
    def gone(self) -> bool:
        """The receiver asks never to be called again."""
        return self.status == 410

    @property
    def passing(self) -> bool:
        """A failure that the same request may not meet later: no answer, too many requests, a fault of theirs."""
        return self.status is None or self.status in (408, 425, 429) or self.status >= 500


async def send(url: str, body: bytes, headers: Mapping[str, str], *, private: bool, method: str = "POST") -> Answer:
    """Send once; whatever goes wrong is in the answer.  `private` allows http and our own network."""
    try:
        async with asyncio.timeout(TIMEOUT_SECONDS):
            target = await asyncio.to_thread(address.resolve, url, private=private)
            return await _send(target, method, body, headers)
    except address.Unsafe as no:
        return Answer(None, _("The address is not allowed. {no}").format(no=no))
    except TimeoutError:
        return Answer(None, _("There was no answer within {seconds:.0f} s.").format(seconds=TIMEOUT_SECONDS))
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        return Answer(None, _("The connection failed: {fault}.").format(fault=type(error).__name__))


@cache
def _trusted() -> ssl.SSLContext:
    """What servers are verified by; reading the authorities takes 20 ms."""
    return httpx.create_ssl_context(trust_env=False)


async def _send(target: address.Target, method: str, body: bytes, headers: Mapping[str, str]) -> Answer:
    """Only status and Retry-After of the answer are read; its body is left."""
    sent = {"user-agent": AGENT, "content-type": "application/json", **headers, "host": target.authority}
    # The certificate is verified for the name, although the connection goes to the address.
    extensions = {"sni_hostname": target.host}
    async with (
        httpx.AsyncClient(
            verify=_trusted(), follow_redirects=False, trust_env=False, timeout=TIMEOUT_SECONDS
        ) as client,
        client.stream(method, target.pinned, content=body, headers=sent, extensions=extensions) as answer,
    ):
        told = "" if answer.is_success else _("The receiver answered {status}.").format(status=answer.status_code)
        return Answer(answer.status_code, told or None, retry_after(answer.headers.get("retry-after", "")))


def retry_after(value: str) -> int:
    """Seconds that a Retry-After header asks for, in either of its forms; 0 for none or nonsense."""
    if value.isdecimal():
        return min(int(value), RETRY_AFTER_MAX)
    try:
        when = parsedate_to_datetime(value)
        seconds = (when - when.now(when.tzinfo)).total_seconds()
    except (ValueError, TypeError):
        return 0
    return max(0, min(round(seconds), RETRY_AFTER_MAX))


def pause(attempt: int, asked: int) -> int | None:
    """Seconds until the next attempt after number `attempt`; None where there is none."""
    if attempt > len(SCHEDULE):
        return None
    planned = SCHEDULE[attempt - 1] * (1 + JITTER * random.random())  # noqa: S311 - spreads load, guards nothing
    return max(round(planned), asked)
