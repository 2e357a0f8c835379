"""Leakage read from the source text: an abstract interpretation that follows rows to what is fitted and judged.

Nothing is imported or executed; the walk is bounded in steps and depth whatever the text.
"""

from graders.checks.leakage.static.look import look
from graders.checks.leakage.static.machine import Columns
from graders.checks.leakage.static.scripts import Analysis, Pair, analyse

__all__ = ["Analysis", "Columns", "Pair", "analyse", "look"]
