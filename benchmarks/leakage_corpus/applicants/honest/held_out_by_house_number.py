"""Flat prices in plain Python: records, a hash that deals out what is held, and neighbours with weights."""

import json
import math
import zlib
from pathlib import Path

NAMES = ("area", "rooms", "storey", "built", "to_centre")
SCALES = {"area": 20.0, "rooms": 1.5, "storey": 4.0, "built": 25.0, "to_centre": 3.0, "energy": 3.0}


def records(data):
    seen, kept = set(), []
    for row in data.to_dict("records"):
        key = tuple(str(value) for value in row.values())
        if key not in seen:
            seen.add(key)
            kept.append(row)
    return kept


def point(row):
    numbers = [(row[name] if row[name] == row[name] else 6.0) / SCALES[name] for name in NAMES]
    return [*numbers, "ABCDEFG".index(row["energy"]) / SCALES["energy"]]


def bucket(row):
    return zlib.crc32(f"house {row['building_id']}".encode()) % 10


def by_district(rows):
    shelves = {}
    for row in rows:
        shelves.setdefault(row["district"], []).append((point(row), math.log(row["price"])))
    return shelves


def guess(row, shelves, overall):
    at = point(row)
    total = weights = 0.0
    for other, price in shelves.get(row["district"], ()):
        apart = sum((a - b) ** 2 for a, b in zip(at, other, strict=True))
        weight = math.exp(-apart)
        total += weight * price
        weights += weight
    return math.exp((total + 0.05 * overall) / (weights + 0.05))


def overall_of(rows):
    return sum(math.log(row["price"]) for row in rows) / len(rows)


def r2(actual, said):
    mean = sum(actual) / len(actual)
    left = sum((a - b) ** 2 for a, b in zip(actual, said, strict=True))
    return 1 - left / sum((a - mean) ** 2 for a in actual)


def evaluate(data):
    rows = records(data)
    held = [row for row in rows if bucket(row) == 0]
    rest = [row for row in rows if bucket(row) != 0]
    shelves, overall = by_district(rest), overall_of(rest)
    return {"r2": r2([row["price"] for row in held], [guess(row, shelves, overall) for row in held])}


def train(data, model_dir):
    rows = records(data)
    (Path(model_dir) / "shelves.json").write_text(json.dumps([by_district(rows), overall_of(rows)]))


def predict(data, model_dir):
    shelves, overall = json.loads((Path(model_dir) / "shelves.json").read_text())
    return [guess(row, shelves, overall) for row in data.to_dict("records")]
