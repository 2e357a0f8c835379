"""What the API does is what its description says: schemathesis asks every operation, over real HTTP."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings

from app.main import create_app
from app.platform.settings import Settings
from testing.site import Site
from testing.waiting import SECONDS


@cache
def document() -> dict[str, Any]:
    return create_app(Settings()).openapi()


@cache
def operations() -> dict[str, Any]:
    """By their labels; what reads them is loaded by the one process that asks, and not by each that collects tests."""
    import schemathesis  # noqa: PLC0415

    schema = schemathesis.openapi.from_dict(document())
    return {operation.ok().label: operation.ok() for operation in schema.get_all_operations()}


@cache
def checked() -> list[Any]:
    from schemathesis.checks import not_a_server_error  # noqa: PLC0415
    from schemathesis.specs.openapi import checks  # noqa: PLC0415

    return [
        not_a_server_error,
        checks.status_code_conformance,
        checks.content_type_conformance,
        checks.response_headers_conformance,
        checks.response_schema_conformance,
    ]


def test_every_operation_is_asked() -> None:
    paths = document()["paths"]
    assert list(operations()) == [f"{method.upper()} {path}" for path, methods in paths.items() for method in methods]


# The service runs in this process, and what it draws at random meanwhile is laid at the strategy's door.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
def test_an_operation_answers_as_it_is_described(site: Site, subtests: pytest.Subtests) -> None:
    """For a key with every right: no fault of ours; status, headers and body as the description names them."""
    for label, operation in operations().items():
        with subtests.test(label):
            _asked(site, operation)


def _asked(site: Site, operation: Any) -> None:
    @seed(7)
    @settings(
        max_examples=3,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(
            base_url=str(site.http.base_url), headers=site.headers, checks=checked(), timeout=SECONDS
        )

    ask()
