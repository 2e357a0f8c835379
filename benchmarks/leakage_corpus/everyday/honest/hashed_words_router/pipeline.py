import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "src"))

from router.model import RouterModel  # noqa: E402
from router.protocol import Protocol, run  # noqa: E402
from router.rows import clean  # noqa: E402

PROTOCOL = Protocol(repeats=4, test_share=0.3, cut="2024-02-01")


def train(data, model_dir):
    RouterModel().fit(clean(data)).save(Path(model_dir))


def evaluate(data):
    return run(clean(data), PROTOCOL)


def predict(data, model_dir):
    return RouterModel.load(Path(model_dir)).predict_proba(clean(data, unlabelled=True))
