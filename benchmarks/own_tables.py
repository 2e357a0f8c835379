"""How long a table takes to become a challenge, and how much memory beside the size of its file.

`python -m benchmarks.own_tables 1000 100000 5000000x2` makes a table of so many rows and twenty columns (numbers,
text, gaps), or of twice as many columns, then reads it and builds the challenge in a process of its own.  Memory is
the peak of that process above what it holds once everything is imported.  CPU seconds count for a busy machine.
`digits:200000x5` holds figures of one sign, `texts:200000` texts that are all different, `parquet:200000` is Parquet.
"""

from __future__ import annotations

import multiprocessing
import sys
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

#: Rows that are made and written at a time.
PART = 250_000
HEAD = (
    "| shape | rows | columns | file MB | reading CPU s | MB | times the file "
    "| building CPU s | MB | times the file | findings |"
)


def table(rows: int, seed: int = 0) -> pd.DataFrame:
    """An honest table of twenty columns, whose target rests on six of them with noise."""
    rng = np.random.default_rng(seed)
    numbers = {f"amount_{place}": rng.lognormal(3, 0.8, rows).round(2) for place in range(6)}
    counts = {f"count_{place}": rng.poisson(4 + place, rows) for place in range(5)}
    texts = {f"kind_{place}": rng.choice([f"code {code}" for code in range(4 + 8 * place)], rows) for place in range(5)}
    gaps = {
        f"measured_{place}": np.where(rng.random(rows) < 0.2, np.nan, rng.normal(size=rows).round(4))
        for place in range(3)
    }
    frame = pd.DataFrame(numbers | counts | texts | gaps)
    drive = (
        0.02 * frame["amount_0"]
        - 0.2 * frame["count_1"]
        + (frame["kind_1"] == "code 3")
        + 0.8 * np.abs(frame["measured_0"].fillna(0))
    )
    drive += 0.004 * frame["amount_1"] * (frame["count_2"] > 5)
    return frame.assign(answer=np.where(drive + rng.logistic(size=rows) > 0.8, "yes", "no"))


def digits(rows: int, seed: int = 0) -> pd.DataFrame:
    """Figures of one sign: two bytes in the file, and eight where each is held as a number."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame({f"figure_{place}": rng.integers(0, 10, rows) for place in range(19)})
    drive = frame["figure_0"] - frame["figure_1"] + 0.4 * frame["figure_2"] * (frame["figure_3"] > 4)
    return frame.assign(answer=np.where(drive + 3 * rng.logistic(size=rows) > 0.8, "yes", "no"))


def texts(rows: int, seed: int = 0) -> pd.DataFrame:
    """Texts that are all different, beside the usual columns."""
    names = {f"name_{place}": [f"nobody {seed + row} of {place}" for row in range(rows)] for place in range(10)}
    return table(rows, seed).assign(**names)


SHAPES = {"mixed": table, "parquet": table, "digits": digits, "texts": texts}


def written(path: Path, shape: str, rows: int, times: int) -> None:
    """The table as a CSV, or as Parquet, part by part; further columns say nothing."""
    made, writer = SHAPES[shape], None
    for begin in range(0, rows, PART):
        part = made(min(PART, rows - begin), seed=begin)
        more = [made(len(part), seed=begin + copy).drop(columns="answer") for copy in range(1, times)]
        wide = [part, *(columns.add_suffix(f"_{copy}") for copy, columns in enumerate(more, 1))]
        whole = pd.concat(wide, axis=1)
        if shape == "parquet":
            block = pa.Table.from_pandas(whole, preserve_index=False)
            writer = writer or pq.ParquetWriter(path, block.schema)
            writer.write_table(block)
        else:
            whole.to_csv(path, index=False, mode="a", header=begin == 0)
    if writer is not None:
        writer.close()


def memory_mb(what: str) -> float:
    """VmRSS is what this process holds now, VmHWM its peak since it was last set back."""
    lines = Path("/proc/self/status").read_text(encoding="ascii").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith(what)) / 1024


def begun() -> tuple[float, float]:
    """What this process holds, and the time; its peak is set back."""
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    return memory_mb("VmRSS"), time.process_time()


def read(path: Path, to: Path) -> tuple[float, float, str]:
    from challenges.tables import reading  # noqa: PLC0415

    held, start = begun()
    reading.to_parquet(path, to)
    return time.process_time() - start, memory_mb("VmHWM") - held, ""


def build(plain: Path, home: Path) -> tuple[float, float, str]:
    import sklearn.compose  # noqa: PLC0415
    import sklearn.ensemble  # noqa: PLC0415
    import sklearn.linear_model  # noqa: PLC0415
    import sklearn.neighbors  # noqa: PLC0415
    import sklearn.pipeline  # noqa: F401, PLC0415

    from challenges.tables import create, reading  # noqa: PLC0415
    from challenges.tables.proposal import Wish, propose  # noqa: PLC0415

    held, start = begun()
    own = reading.from_parquet(plain)
    made = create.create(own, propose(own, Wish("answer", id="measured")).definition, home)
    told = ", ".join(f"{finding.code} {finding.level}" for finding in made.findings) or "none"
    return time.process_time() - start, memory_mb("VmHWM") - held, told


def main() -> None:
    print(HEAD)
    print("|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|---|")
    for asked in sys.argv[1:] or ["10000", "100000"]:
        shape, _, size_of = asked.rpartition(":")
        shape, (rows, times) = shape or "mixed", (int(number) for number in f"{size_of}x1".split("x")[:2])
        with tempfile.TemporaryDirectory(prefix="assay-own-tables-") as folder:
            path, plain, home = Path(folder) / "table.csv", Path(folder) / "plain.parquet", Path(folder) / "home"
            written(path, shape, rows, times)
            size, columns = path.stat().st_size / 2**20, 1 + times * (len(SHAPES[shape](1).columns) - 1)
            own = multiprocessing.get_context("spawn")
            with own.Pool(1) as pool:
                reading_s, reading_mb, _ = pool.apply(read, (path, plain))
            with own.Pool(1) as pool:
                building_s, building_mb, told = pool.apply(build, (plain, home))
            print(
                f"| {shape} | {rows:,} | {columns} | {size:.1f} "
                f"| {reading_s:.1f} | {reading_mb:.0f} | {reading_mb / size:.1f} "
                f"| {building_s:.1f} | {building_mb:.0f} | {building_mb / size:.1f} | {told} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
