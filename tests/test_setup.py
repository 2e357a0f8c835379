"""What `./setup.sh test` runs by name is what is left out of all the rest."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conftest import ALONE, ENGINE

SCRIPT = (Path(__file__).parent.parent / "setup.sh").read_text()


@pytest.mark.parametrize("file", [*ENGINE, ALONE])
def test_no_file_is_left_out(file: str) -> None:
    assert file in SCRIPT
