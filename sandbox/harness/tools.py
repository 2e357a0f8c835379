"""Tools that have to run the submission: the candidate's own tests.

Each runs in a process of its own like every probe, with none of the candidate's settings, and gives JSON of a
bounded size.  What the tests report is the word of code the candidate wrote: it ran in the same process.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from ..protocol.contract import BadAnswer
from .calls import Answer, describe
from .own_tests import run_tests

MAX_OUTPUT = 4 << 20


def perform(
    action: str, folder: str, planted: Mapping[str, bytes], first: Sequence[str] = (), traced: bool = False
) -> Answer:
    """The tool's JSON as the payload of an answer, or what went wrong."""
    try:
        text = json.dumps(TOOLS[action](folder, planted, first, traced)).encode()
        if len(text) > MAX_OUTPUT:
            raise BadAnswer("OUTPUT_TOO_LARGE", MAX_OUTPUT)
        return Answer({"done": True}, text)
    except BadAnswer as bad:
        return Answer(bad.header)
    except BaseException as error:
        return Answer({"failure": describe(error, folder) | {"importing": False}})


TOOLS: Mapping[str, Callable[[str, Mapping[str, bytes], Sequence[str], bool], dict[str, Any]]] = {"tests": run_tests}
