"""scipy without the notes that it writes into its own documentation."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

#: Every public function of the parts that write most: its signature, and how much is said of it.
LOOK = """
import importlib, inspect, json, re
def sign(function):
    try:
        return re.sub("0x[0-9a-f]+", "", str(inspect.signature(function)))
    except (TypeError, ValueError):
        return ""
found = {}
for part in ("stats", "special", "linalg", "optimize", "signal", "ndimage", "spatial.distance", "fft"):
    module = importlib.import_module(f"scipy.{part}")
    for name in dir(module):
        thing = getattr(module, name)
        if callable(thing) and not name.startswith("_"):
            found[f"{part}.{name}"] = [sign(thing), thing.__doc__ or ""]
print(json.dumps(found))
"""
BEFORE = "import sandbox.harness.documentation"


def look(before: str = "") -> dict[str, Any]:
    done = subprocess.run([sys.executable, "-c", before + LOOK], check=True, stdout=subprocess.PIPE)
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def test_functions_keep_the_text_they_were_written_with_and_all_else() -> None:
    """The same names and signatures; whatever had a text has one, without the note of which arrays it takes."""
    usual, spared = look(), look(BEFORE)
    assert usual.keys() == spared.keys()
    assert {name: sign for name, (sign, _) in usual.items()} == {name: sign for name, (sign, _) in spared.items()}
    assert {name for name, (_, text) in usual.items() if text} == {name for name, (_, text) in spared.items() if text}
    assert "Array API Standard" in usual["stats.ttest_ind"][1]
    assert "Array API Standard" not in spared["stats.ttest_ind"][1]
