import pickle
from pathlib import Path

NAME = "scorecard.pkl"


def write(model, folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / NAME).write_bytes(pickle.dumps(model))


def read(folder: Path):
    return pickle.loads((folder / NAME).read_bytes())
