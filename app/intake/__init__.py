"""Intake: bytes in, a Submission or a reason out.  Nothing is extracted to disk, nothing is executed."""

from app.intake.problems import Rejected
from app.intake.receive import from_path, unpack

__all__ = ["Rejected", "from_path", "unpack"]
