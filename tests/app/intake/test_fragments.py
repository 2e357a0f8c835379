"""Pieces of code that were cut out somewhere, or are Python 2, parse after as little as possible was done to them."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from app.intake.fragments import flush, parses, readable
from app.quality import quality

#: What was cut out, and what must be read of it.
PIECES = {
    "a method": ("    def size(self):\n\n        return len(self)\n", "def size(self):\n\n    return len(self)\n"),
    "from the middle of a block": ("        x = f(y)\n        total += x\n    return total / len(y)\n", "def _():"),
    "an else without its if": ("else:\n    x = 1\ny = 2\n", "x = 1"),
    "two blocks deep": ("        a = 1\n    else:\n        b = 2\n    return a\n\ndef g():\n    pass\n", "b = 2"),
    "an except without its try": ("        a()\n    except OSError:\n        b()\n    c()\n", "except OSError:"),
    "an open block at the end": ("def f(x):\n    for i in x:\n        if i:\n", "if i:"),
    "a call cut in two": ("def f(x):\n    y = 1\n    g(x,\n      y,\n", "y = 1"),
    "a docstring cut in two": (
        'def f(y):\n    x = h(y)\n    return x + y\n\ndef g():\n    """Gives\n    more\n',
        "return x + y",
    ),
    "tabs and spaces": ("\tif x:\n\t\ty = 1\n        z = 2\n", "z = 2"),
    "print": ("for x in y:\n    print x, 'a'\n    print >>log, 'b'\n    print\n", "print('b', file=log)"),
    "except with a comma": ("try:\n    f()\nexcept IOError, e:\n    raise ValueError, 'x'\n", "except IOError as e:"),
    "old literals": ("x = 0777\ny = 10L\nz = ur'a'\nif x <> y: print z\n", "x = 0o777"),
}


@pytest.mark.parametrize("piece", PIECES)
def test_a_piece_is_read(piece: str, tmp_path: Path) -> None:
    """It parses, what it says is still there, and it has a score."""
    text, kept = PIECES[piece]
    mended = readable(text.encode()).decode()
    ast.parse(mended)
    assert kept in mended
    (tmp_path / "piece.py").write_text(text)
    assert (quality(tmp_path / "piece.py")["code"] or 0) > 0


@pytest.mark.parametrize(
    "text", ["x = 1\n", "def f():\n  return (1,\n 2)\n", "((((\n", "x = (" + "-" * 301, "x = (\n" * 151]
)
def test_what_parses_or_is_no_piece_stays_as_it_is(text: str) -> None:
    assert readable(text.encode()) == text.encode()


@given(st.text(st.sampled_from("abx12 \t\n:()='\"#,.iefls"), max_size=120))
def test_any_text_parses_afterwards_or_is_left_alone(text: str) -> None:
    """And text that parses is not touched."""
    mended = readable(text.encode())
    assert parses(mended.decode().splitlines()) or mended == flush(text.encode())
    if parses(flush(text.encode()).decode().splitlines()):
        assert mended == flush(text.encode())
