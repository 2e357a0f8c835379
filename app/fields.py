"""The types that fields of requests have in common."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Annotated

from pydantic import BeforeValidator, StringConstraints

from app.words import _

#: One line of text: no control characters, which no name needs and PostgreSQL may refuse.
Line = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00-\x1f\x7f-\x9f]*$")]


def _no_number(value: object) -> object:
    """A number is no RFC 3339 time, though it could be read as one."""
    if isinstance(value, int | float) or (
        isinstance(value, str) and re.fullmatch(r"\s*+[-+]?[\d_]*+\.?\d*+(?:[eE][-+]?\d++)?\s*+", value)
    ):
        raise ValueError(_("it has to be an RFC 3339 time such as 2027-03-31T18:00:00Z"))
    return value


Moment = Annotated[datetime, BeforeValidator(_no_number)]
#: Some lines of text.
Words = Annotated[str, StringConstraints(min_length=1, max_length=5000, pattern=r"^[^\x00]*$", strip_whitespace=True)]
Email = Annotated[
    str, StringConstraints(max_length=254, pattern=r"^[^@\s\x00-\x1f\x7f-\x9f]+@[^@\s\x00-\x1f\x7f-\x9f]+$")
]
