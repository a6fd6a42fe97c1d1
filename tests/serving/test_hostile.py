"""Requests made up by a machine from the service's own OpenAPI document."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings

from tests.serving.conftest import running

# For each address; CI has no time for more.
EXAMPLES = int(os.environ.get("DIGITNET_HOSTILE_EXAMPLES", "60"))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_no_request_makes_the_service_fail(tmp_path: Path) -> None:
    with running("--runs", str(tmp_path)) as service, service.client() as client:
        schema = schemathesis.openapi.from_url(f"{service.address}/openapi.json")
        asked = 0
        for found in schema.get_all_operations():
            operation: Any = found.ok()  # type: ignore[union-attr]

            @settings(
                max_examples=EXAMPLES,
                deadline=None,
                database=None,
                phases=[Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy())
            def ask(case: Any) -> None:
                nonlocal asked
                asked += 1
                answer = case.call(timeout=30)
                assert answer.status_code < 500, answer.text

            ask()
        assert asked > 4 * EXAMPLES
        assert client.get("/healthz").json()["status"] == "ok"
        assert service.process.poll() is None
