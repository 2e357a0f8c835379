"""In which language a request is answered: chosen on a page, then the invitation's or the member's, then the browser's.

Every page offers `?language=fr`, a plain link.  It keeps the choice in a cookie and leads back to the same page.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache
from urllib.parse import parse_qsl, quote, urlencode

from starlette.requests import cookie_parser
from starlette.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from app.words import ENGLISH, LANGUAGES, nearest, reading_in

COOKIE = "assay_language"
CHOICE = "language"
YEAR_SECONDS = 365 * 24 * 3600
#: A header that names more languages than this is nobody's wish.
MOST = 20


class Language:
    """Says for whom each answer is made."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith("/static/"):
            return await self.app(scope, receive, send)
        if CHOICE.encode() in scope["query_string"]:
            query = parse_qsl(scope["query_string"].decode("latin-1"), keep_blank_values=True)
            chosen = dict(query).get(CHOICE, "")
            if chosen in LANGUAGES and scope["method"] == "GET" and not scope["path"].startswith("/api/"):
                rest = [pair for pair in query if pair[0] != CHOICE]
                return await _kept(scope, chosen, rest)(scope, receive, send)
        cookies = _header(scope, b"cookie")
        kept = nearest([cookie_parser(cookies).get(COOKIE, "")]) if COOKIE in cookies else None
        locale = kept or _asked(_header(scope, b"accept-language"))
        with reading_in(locale, chosen=kept is not None):
            await self.app(scope, receive, send)
        return None


def _header(scope: Scope, name: bytes) -> str:
    """What the first header of this name says; every request asks, so no mapping is made for it."""
    for each, value in scope["headers"]:
        if each == name:
            return str(value, "latin-1")
    return ""


def _kept(scope: Scope, chosen: str, rest: Sequence[tuple[str, str]]) -> RedirectResponse:
    """Back to the same page, with the choice in a cookie."""
    # Two slashes at the beginning would lead to another site.
    path = "/" + quote(scope["path"].lstrip("/\\"))
    response = RedirectResponse(path + (f"?{urlencode(rest)}" if rest else ""), 303)
    secure = scope.get("scheme") == "https"
    response.set_cookie(COOKIE, chosen, YEAR_SECONDS, path="/", httponly=True, secure=secure, samesite="lax")
    return response


@lru_cache(maxsize=256)
def _asked(header: str) -> str:
    """What an Accept-Language header comes to."""
    return nearest(_wanted(header)) or ENGLISH


def _wanted(header: str) -> Iterator[str]:
    """The languages of an Accept-Language header (RFC 9110, 12.5.4), the most welcome first."""
    ranked = []
    for part in header.split(",", MOST)[:MOST]:
        name, _, weight = part.partition(";")
        try:
            welcome = float(weight.strip().removeprefix("q=") or 1)
        except ValueError:
            welcome = 0.0
        if welcome > 0:
            ranked.append((-welcome, name.strip()))
    return (name for _, name in sorted(ranked, key=lambda pair: pair[0]))
