"""So many requests a second for one caller, and then a 429 that says when to come back."""

from __future__ import annotations

import hashlib
import math
import time
from collections import OrderedDict
from collections.abc import Callable
from http.cookies import CookieError, SimpleCookie

from starlette.datastructures import Headers
from starlette.requests import Request
from starlette.types import ASGIApp, Receive, Scope, Send

from app.errors import TooMany
from app.web.auth import COOKIE
from app.web.errors import answer
from app.words import _, filled

BURST_SECONDS = 4.0
#: So many callers' worth may come from one address, as an office has one for everybody.
SHARED = 4
#: More callers than this at once, and the one not heard of for longest is forgotten: its next request starts anew.
CALLERS = 10_000
FREE = ("/static/", "/healthz", "/readyz")


class Buckets:
    """A token bucket for each caller: `rate` a second on average, `rate * BURST_SECONDS` at once."""

    def __init__(self, rate: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate, self._clock = rate, clock
        self._full = max(rate * BURST_SECONDS, 1.0)
        self._left: OrderedDict[bytes, tuple[float, float]] = OrderedDict()  # caller -> (tokens, at)

    def wait(self, caller: bytes) -> float:
        """Take one token; 0 where there was one, otherwise the seconds until there is."""
        now = self._clock()
        tokens, at = self._left.pop(caller, (self._full, now))
        tokens = min(self._full, tokens + (now - at) * self._rate)
        taken = tokens >= 1
        self._left[caller] = (tokens - 1 if taken else tokens, now)
        if len(self._left) > CALLERS:
            self._left.popitem(last=False)
        return 0.0 if taken else (1 - tokens) / self._rate


class RateLimit:
    """Counts by key or session, and by address, behind which several may be.

    Each server counts for itself: a fleet allows a multiple.
    """

    def __init__(self, app: ASGIApp, rate: float) -> None:
        self.app = app
        self._callers, self._addresses = Buckets(rate), Buckets(rate * SHARED)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        seconds = self._wait(scope) if scope["type"] == "http" and not scope["path"].startswith(FREE) else 0.0
        if not seconds:
            await self.app(scope, receive, send)
            return
        refused = TooMany(
            "too-many-requests", filled(_("Too many requests at once. Try again in {seconds:.1f} s."), seconds=seconds)
        )
        response = answer(Request(scope), refused, {"Retry-After": str(math.ceil(seconds))})
        await response(scope, receive, send)

    def _wait(self, scope: Scope) -> float:
        address, who = callers(scope)
        return self._addresses.wait(address) or self._callers.wait(who)


def callers(scope: Scope) -> tuple[bytes, bytes]:
    """Digests of the address and of the caller that a request is counted under."""
    headers = Headers(scope=scope)
    address = str((scope.get("client") or ("",))[0])
    who = headers.get("authorization") or _session(headers) or address
    return hashlib.sha256(address.encode()).digest(), hashlib.sha256(who.encode()).digest()


def _session(headers: Headers) -> str:
    try:
        found = SimpleCookie(headers.get("cookie", "")).get(COOKIE)
    except CookieError:
        return ""
    return found.value if found else ""
