"""Seeds from the secret one of a grading: what a candidate's process holds tells nothing of any other use.

Which rows are asked, moved or held back is drawn from the secret seed itself, on the host.  The harness seeds the
candidate's process with one of these, the same for runs that are compared row by row.
"""

from __future__ import annotations

import hashlib


def seed_for(secret: int, purpose: str) -> int:
    """31 bits for one purpose, from which neither `secret` nor the seed of another purpose can be told."""
    return int.from_bytes(hashlib.sha256(f"{secret} {purpose}".encode()).digest()[:4], "big") >> 1
