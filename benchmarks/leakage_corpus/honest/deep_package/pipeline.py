"""Entry points only; see churnlib."""
from churnlib.api import evaluate, predict, train

__all__ = ["evaluate", "predict", "train"]
