"""What a process is told by its environment."""

from __future__ import annotations

import pytest

from app.platform.settings import Settings


def test_an_empty_variable_is_as_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Compose and systemd write empty ones for what nobody has set: an empty home would be the folder of the moment,
    closed to all others."""
    unset = Settings()
    for name in Settings.model_fields:
        monkeypatch.setenv(f"ASSAY_{name.upper()}", "")
    assert Settings() == unset
