"""Which texts have steps that work on all rows of a call together."""

from __future__ import annotations

import pytest

from graders.source.sources import read
from graders.source.together import named
from testing.builders import a_submission

HAVE = {
    "made": "from sklearn.decomposition import NMF\nmodel = NMF(3)",
    "made under its full name": "import sklearn.decomposition as parts\nmodel = parts.MiniBatchNMF(3)",
    "made under another name": "from sklearn.decomposition import SparsePCA as Sparse\nmodel = Sparse(3)",
    "handed on": "from sklearn.decomposition import NMF\nSTEPS = [NMF]",
    "named in a text": "import sklearn.decomposition as parts\nmodel = getattr(parts, 'NMF')(3)",
    "an option": "from fill import Imputer\nmodel = Imputer(sample_posterior=True)",
}
HAVE_NOT = {
    "none": "from sklearn.linear_model import LogisticRegression\nmodel = LogisticRegression()",
    "looked at": "from sklearn.decomposition import NMF\nknown = NMF.transform.__code__",
    "another of its kind": "from sklearn.decomposition import PCA\nmodel = PCA(3)",
}


@pytest.mark.parametrize("text", HAVE.values(), ids=HAVE)
def test_a_step_is_known_under_whatever_name(text: str) -> None:
    assert named(read(a_submission({"pipeline.py": text})).product)


@pytest.mark.parametrize("text", HAVE_NOT.values(), ids=HAVE_NOT)
def test_who_makes_none_has_none(text: str) -> None:
    """Nor does who looks at the parts of one, as at whether it sees single rows just now."""
    assert not named(read(a_submission({"pipeline.py": text})).product)
