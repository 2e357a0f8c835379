"""Where code takes an order from a set."""

from __future__ import annotations

import pytest

from graders.source import set_order, together
from graders.source.code import Code
from testing.builders import a_submission

#: Code of predict -> whether an order comes from a set, or a number from a hash.
CODE = {
    "columns = list(set(data) - {'churned'})\nreturn data[columns]": True,
    "columns = sorted(set(data) - {'churned'})\nreturn data[columns]": False,
    "names = {'age', 'plan'}\nreturn [data[name] for name in names]": True,
    "names = {'age', 'plan'}\nreturn [data[name] for name in data if name in names]": False,
    "kept = set(data)\nkept = kept.difference(['id'])\nreturn data[[*kept]]": True,
    "return data.reindex(columns=list(data.keys() - {'id'}))": True,
    "return {'age': 1, 'plan': 2}": False,
    "return data['plan'].map(lambda value: hash(value) % 8)": True,
    "return len({1, 2}), max(set(data['age']))": False,
    "codes = dict(zip(set(data['plan']), range(9)))\nreturn data['plan'].map(codes)": True,
}


@pytest.mark.parametrize(("body", "named"), CODE.items(), ids=CODE)
def test_the_order_of_a_set_is_named_where_it_is_taken(body: str, named: bool) -> None:
    """A set that is only asked, or sorted first, gives no order."""
    text = "def predict(data, model_dir):\n" + "".join(f"    {line}\n" for line in body.splitlines())
    modules = Code(a_submission({"pipeline.py": text}), {}).sources.product
    assert bool(list(set_order.places(modules))) == named


def test_steps_that_treat_a_batch_as_one_are_named() -> None:
    """A step by its class, an option only where it is on."""
    text = "a = NMF(5)\nb = IterativeImputer(sample_posterior=True)\nc = IterativeImputer(sample_posterior=False)\n"
    modules = Code(a_submission({"pipeline.py": text}), {}).sources.product
    assert [where.line for where, _ in together.steps(modules)] == [1, 2]
