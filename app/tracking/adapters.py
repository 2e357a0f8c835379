"""The tracking systems that Assay knows."""

from __future__ import annotations

from app.tracking.ashby import ASHBY
from app.tracking.greenhouse import GREENHOUSE
from app.tracking.port import Adapter

ADAPTERS: dict[str, Adapter] = {adapter.name: adapter for adapter in (GREENHOUSE, ASHBY)}
