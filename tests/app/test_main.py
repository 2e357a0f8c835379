"""What the service does when it starts, apart from what its pages show."""

from __future__ import annotations
