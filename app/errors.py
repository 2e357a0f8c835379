"""What cannot be done, and why: one small tree of errors that every domain raises and `app/web/errors.py` answers."""

from __future__ import annotations

from typing import Any

from app.words import _


class DomainError(Exception):
    """A request that the domain refuses; raise one of the kinds below.

    code: stable, what programs look at. detail: a sentence for people. hint: what to do about it.
    extra: further members of the answer, by name.
    """

    def __init__(self, code: str, detail: str, *, hint: str | None = None, **extra: Any) -> None:
        super().__init__(detail)
        self.code, self.detail, self.hint, self.extra = code, detail, hint, extra


class NotFound(DomainError):
    """The same whether there is nothing or it is somebody else's: a stranger learns nothing."""

    def __init__(self, code: str = "not-found", detail: str = "") -> None:
        super().__init__(code, detail or _("There is nothing here, or you may not see it."))


class Unauthenticated(DomainError):
    """Nobody we know; said without a hint of what was wrong."""


class Forbidden(DomainError):
    """It is there, and this caller may not do that with it."""


class Conflict(DomainError):
    """Not in the state it is in now."""


class VersionNeeded(DomainError):
    """Something is there already: say which version is to be replaced."""


class Stale(DomainError):
    """It has changed since the caller read it."""


class Invalid(DomainError):
    """What was sent cannot be right."""


class TooMany(DomainError):
    """More tries than allowed; after a while again."""


class Unavailable(DomainError):
    """Not now, through no fault of the caller; later."""
