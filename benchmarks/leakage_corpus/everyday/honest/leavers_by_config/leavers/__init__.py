"""Who leaves within sixty days."""

from .config import Config
from .features import Features
from .model import fit_final, load_model
from .validation import backtest

__all__ = ["Config", "Features", "backtest", "fit_final", "load_model"]
