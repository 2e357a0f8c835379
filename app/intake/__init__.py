"""Intake: bytes in, a Submission or a reason out.  Nothing is extracted to disk, nothing is executed."""

from app.intake.bounded import from_path, unpack
from app.intake.problems import Rejected

__all__ = ["Rejected", "from_path", "unpack"]
