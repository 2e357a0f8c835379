"""The ports of a real installation, as far as they need no container."""

from __future__ import annotations

import io
import zipfile
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pytest

from app.adapters.production import ports
from app.platform.settings import Settings
from challenges.tables import create
from challenges.vault import VaultError
from tests.challenges.tables.tables import honest, proposed, table


def test_a_candidates_own_rows_reach_kit_and_brief_and_go_again(tmp_path: Path) -> None:
    settings = Settings(home=tmp_path, database_url="postgresql://none")
    create.create(
        table(honest("binary", rows=400)), proposed(honest("binary", rows=400), id="own").definition, tmp_path
    )
    with ports(settings) as made:
        everybodys = made.challenge("own")
        lots = [replace(everybodys, lot=digit * 20) for digit in "ab"]
        with pytest.raises(VaultError, match="not made yet"):
            made.kit(lots[0])
        for lot in lots:
            made.draw(lot)
        rows = [_public(made.kit(asked)) for asked in (everybodys, *lots)]
        assert len({data.to_csv() for data in rows}) == 3
        for lot, own in zip(lots, rows[1:], strict=True):
            assert f"{len(own):,}" in made.brief(lot)
        made.discard_lot(lots[0])
        with pytest.raises(VaultError, match="were erased"):
            made.grade(_never, lots[0], _never)  # type: ignore[arg-type]  # it ends before it looks at them
        assert _public(made.kit(lots[1])).equals(rows[2])


def _public(kit: bytes) -> pd.DataFrame:
    with zipfile.ZipFile(io.BytesIO(kit)) as made:
        return pd.read_csv(io.BytesIO(made.read("own/data/public.csv")))


def _never(*_: object) -> None:
    raise AssertionError
