"""One planted fault, found again after the candidate has changed the work; and the work as an upload."""

from __future__ import annotations

import io
import zipfile

from graders.live import faults, patch
from graders.model.submission import Submission
from testing.builders import a_challenge, a_notebook, a_submission

BODY = '''
def size(row):
    """How large it is."""
    return row["a"] + row["b"]


def twice(row):
    return size(row) - 2
'''
TEST = "from pipeline import size\n\n\ndef test_size():\n    assert size({'a': 1, 'b': 2}) == 3\n"


def work(text: str = BODY, **files: str) -> Submission:
    return a_submission({"pipeline.py": text, **files})


def fault_of(submission: Submission, line: int | None = None) -> tuple[str, ...]:
    chosen = faults.choose(submission, "pipeline.py", line)
    assert chosen is not None
    return chosen[0]


def test_the_fault_lies_at_the_line_that_was_found() -> None:
    assert fault_of(work(), 4)[1] == "size"
    assert fault_of(work(), 8)[1] == "twice"


def test_it_is_found_again_where_lines_moved_and_a_test_was_added() -> None:
    fault = fault_of(work(), 4)
    changed = work("import logging\n\n" + BODY, **{"test_pipeline.py": TEST})
    over, control = faults.over(changed, a_challenge(), fault, 7)
    assert b"+" not in over.planted["pipeline.py"].split(b"def twice")[0].split(b'"""')[-1]
    assert b"+" in control.planted["pipeline.py"]
    assert over.first == ("test_pipeline.py",)
    assert (over.name, control.name) == (faults.FAULT, faults.CONTROL)


def test_where_its_place_is_gone_nothing_is_run() -> None:
    assert faults.over(work("def other(row):\n    return row\n"), a_challenge(), fault_of(work(), 4), 7) == []
    assert faults.choose(work("x = 1\n")) is None


def test_an_upload_has_everything_that_runs_with_the_changed_texts() -> None:
    upload = patch.upload(a_notebook(), {"pipeline.py": "x = 1\n", "tests/test_x.py": "y"})
    with zipfile.ZipFile(io.BytesIO(upload)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    assert files == {"pipeline.py": b"x = 1\n", "tests/test_x.py": b"y"}


def test_only_texts_can_be_changed() -> None:
    files = {"a.py": b"\xff\xfe\x00", "b.py": b"x", "c.csv": b"1" * (patch.MOST_BYTES + 1)}
    assert patch.texts(a_submission(files)) == {"b.py": "x"}
