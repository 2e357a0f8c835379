"""What the API does is what its description says: schemathesis asks every operation, over real HTTP."""

from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi import checks

from app.main import create_app
from app.platform.settings import Settings
from testing.site import Site
from testing.waiting import SECONDS

CHECKED = [
    not_a_server_error,
    checks.status_code_conformance,
    checks.content_type_conformance,
    checks.response_headers_conformance,
    checks.response_schema_conformance,
]
SCHEMA = schemathesis.openapi.from_dict(create_app(Settings()).openapi())
OPERATIONS = {operation.ok().label: operation.ok() for operation in SCHEMA.get_all_operations()}


# The service runs in this process, and what it draws at random meanwhile is laid at the strategy's door.
@pytest.mark.filterwarnings("ignore:Do not use the `random` module")
@pytest.mark.parametrize("label", OPERATIONS)
def test_an_operation_answers_as_it_is_described(site: Site, label: str) -> None:
    """For a key with every right: no fault of ours; status, headers and body as the description names them."""

    @seed(7)
    @settings(
        max_examples=3,
        database=None,
        deadline=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )
    @given(case=OPERATIONS[label].as_strategy())
    def ask(case: Any) -> None:
        case.call_and_validate(base_url=str(site.http.base_url), headers=site.headers, checks=CHECKED, timeout=SECONDS)

    ask()
