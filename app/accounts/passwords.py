"""Passwords: argon2 at its library's recommended cost, at most two at once."""

from __future__ import annotations

import math
import secrets
import string
from functools import cache
from itertools import pairwise

import anyio
from anyio import to_thread
from pwdlib import PasswordHash

from app.words import _

SHORTEST, LONGEST = 12, 256
#: Each check takes some 50 MB and tens of milliseconds, on purpose.
_slots = anyio.CapacityLimiter(2)


@cache
def _hasher() -> PasswordHash:
    return PasswordHash.recommended()


@cache
def _nobody() -> str:
    """Stands in for the hash of somebody unknown, so that both answers take the same time."""
    return _hasher().hash("nobody")


def objection(password: str, email: str = "") -> str | None:
    """What is wrong with a new password, or None.  Length is all that is asked, as NIST SP 800-63B advises."""
    if len(password) < SHORTEST:
        return _("Use at least {least} characters. A few words in a row are good.").format(least=SHORTEST)
    if len(password) > LONGEST:
        return _("Use at most {most} characters.").format(most=LONGEST)
    if len(set(password)) < 5 or (email and password.lower() in (email.lower(), email.lower().split("@")[0])):
        return _("This password is too easy to guess.")
    return None


def guessing_bits(passcode: str) -> float:
    """How many bits a guesser has to try who knows the kinds of characters used (letters, digits, others).

    A character that repeats the one before it, or follows it as in `1234`, adds nothing.
    """
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
    alphabet = sum(len(kind) for kind in kinds if set(kind) & set(passcode))
    alphabet += len(string.punctuation) if set(passcode) - set("".join(kinds)) else 0
    told = sum(abs(ord(b) - ord(a)) > 1 for a, b in pairwise(passcode)) + bool(passcode)
    return told * math.log2(max(alphabet, 1))


def new_passcode() -> str:
    """One that cannot be guessed and can be read out, of 60 bits: letters and digits that are not taken for others."""
    drawn = "".join(secrets.choice("abcdefghjkmnpqrstuvwxyz23456789") for _ in range(12))
    return "-".join((drawn[:4], drawn[4:8], drawn[8:]))


async def hashed(password: str) -> str:
    """What is stored of a password."""
    return await to_thread.run_sync(_hasher().hash, password, limiter=_slots)


async def verified(password: str, stored: str | None) -> bool:
    """Whether this is the password; takes as long where there is none."""
    given = password if len(password) <= LONGEST else ""

    def verify() -> bool:
        return _hasher().verify(given, stored or _nobody())

    return await to_thread.run_sync(verify, limiter=_slots) and stored is not None
