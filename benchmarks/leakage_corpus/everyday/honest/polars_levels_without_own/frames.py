"""Reading and row-wise columns."""
import pandas as pd
import polars as pl

KINDS = {"brick": 0, "panel": 1, "wood": 2, "steel": 3}


def read(data: pd.DataFrame, once: bool = True) -> pl.DataFrame:
    frame = pl.DataFrame({c: data[c].to_list() for c in data.columns if c != "agent_fee"}, strict=False)
    if once:
        frame = frame.unique(maintain_order=True)
    return frame.with_columns(
        pl.col("to_centre").fill_nan(None),
        pl.col("area").log().alias("log_area"),
        (pl.col("area") / pl.col("rooms")).alias("per_room"),
        pl.col("energy").replace_strict({e: i for i, e in enumerate("ABCDEFG")}, return_dtype=pl.Float64).alias("energy_rank"),
        pl.col("kind").replace_strict(KINDS, default=-1, return_dtype=pl.Float64).alias("kind_code"),
        (pl.col("built") // 20 * 20).alias("decades"),
    )
