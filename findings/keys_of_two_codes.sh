#!/bin/sh
# A key made of polars' Enum codes is right for 180 shops and runs together for 200: of 500 shops three days share one key.
# Versions: polars 2.1.0, pandas 3.1.1, pyarrow 26.0.1, numpy 2.4.6.
# Expected: `to_physical() * 365 + day` numbers each shop and day. Codes of a Categorical are 32 bits wide, and so is its key.
# Seen: the codes of an Enum are as narrow as its categories let them be: 8 bits up to 255, then 16. Times 365 they have 16 bits, and
# start again at 0 past 65,535. The day is added in 64 bits, so the key's type looks wide. 180 shops have a key for each day, 200
# have 90 %, 500 have 36 %. Rows of strangers then are one group, and a mean by key is one of three shops. The same column as a
# Categorical, or through pandas, is right. No warning is given.
# Known: that whole numbers of polars start again is (#23178, 2025); that an Enum does by the number of its categories is not.
# What it means: features and groups of folds that were tried on some shops are wrong on all. Cast codes to Int64 first, or group by
# both columns.
set -eu
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q --disable-pip-version-check \
    polars==2.1.0 pandas==3.1.1 pyarrow==26.0.1 numpy==2.4.6
cd "$folder"
venv/bin/python -W error - <<'PYTHON'
import polars as pl

DAYS = 365
key = pl.col("shop").to_physical() * DAYS + pl.col("day")
found = {}
for shops in (20, 180, 200, 300, 500):
    names = [f"shop {number:03d}" for number in range(shops)]
    table = pl.DataFrame({"shop": names}).join(pl.DataFrame({"day": range(DAYS)}), how="cross")
    for name, kind in (("Enum", pl.Enum(names)), ("Categorical", pl.Categorical())):
        coded = table.with_columns(pl.col("shop").cast(kind)).with_columns(code=pl.col("shop").to_physical(), key=key)
        found[name, shops] = coded["key"].n_unique() / coded.height
        print(f"{shops} shops, {name}: codes {coded['code'].dtype}, key {coded['key'].dtype},", end=" ")
        print(f"keys for {found[name, shops]:.0%} of the days")
        if name == "Enum":
            by_hand = table.select(pl.int_range(pl.len()) // DAYS * DAYS % 65_536 + pl.col("day"))
            assert coded["key"].to_list() == by_hand.to_series().to_list()
    through = pl.from_pandas(coded.to_pandas()).select(key.alias("key"))
    assert through["key"].n_unique() == coded.height

assert all(share == 1 for (name, shops), share in found.items() if name == "Categorical" or shops <= 180)
assert found["Enum", 200] < 0.91 and found["Enum", 300] < 0.61 and found["Enum", 500] < 0.37

# a level of each shop and day, estimated by key: of 500 shops it is the mean of up to three
coded = table.with_columns(pl.col("shop").cast(pl.Enum(names))).with_columns(key=key, level=pl.col("shop").rank("dense"))
mean = coded.select((pl.col("level").mean().over("key") - pl.col("level")).abs().mean()).item()
print(f"mean by key of 500 shops with the levels 1 to 500: off by {mean:.0f} on average")
assert mean > 50
PYTHON
