"""The measured number of users: the same as in the documentation, and named only within its conditions."""

import re
from dataclasses import replace
from typing import Any

import pytest

from owscale.domain.openwebui import measured_load
from owscale.domain.openwebui.measured_load import MEASUREMENTS, Measurement, measurement_of
from owscale.spec.models import Spec
from tests._support.cases import PROJECT, altered

_ROW = re.compile(
    r"^\| (\d) \| (\d) \| ([\d,]+) \| (\d+) \|.*\| (\d+\.\d+) \([^|]*\) \| (\d+) \| (\d\.\d+) \|$",
    re.MULTILINE,
)


def within(spec: Spec, *, vcpu: float = 2, **app: Any) -> Spec:
    """Return a spec within the conditions, but for the changes."""
    environment = {"RAG_EMBEDDING_ENGINE": "openai"}
    service = altered(spec.service, vcpu=vcpu)
    return altered(spec, app=altered(spec.app, **{"workers": 1, "environment": environment, **app}), service=service)


def test_documentation_has_the_same_measurements() -> None:
    text = (PROJECT / "docs/openwebui-measured.md").read_text()
    rows = [
        Measurement(
            int(workers),
            int(cores),
            int(threads.replace(",", "")),
            int(users),
            float(delay),
            int(failures),
            float(processor),
        )
        for workers, cores, threads, users, delay, failures, processor in _ROW.findall(text)
    ]
    assert rows == list(MEASUREMENTS)


def test_most_users_whose_answers_were_in_time_count(minimal_spec: Spec, monkeypatch: pytest.MonkeyPatch) -> None:
    first = Measurement(1, 1, 20, 10, 0.5, 0, 0.1)
    rows = (
        first,
        replace(first, users=25, delay_seconds=1.0),
        replace(first, users=50, delay_seconds=1.1),
        replace(first, users=60, failures=1),
        replace(first, users=70, cores=4),
        replace(first, users=80, workers=2),
        replace(first, users=90, threads=4000),
    )
    monkeypatch.setattr(measured_load, "MEASUREMENTS", rows)
    found = measurement_of(within(minimal_spec))
    assert found is not None
    assert found.users == 25


@pytest.mark.parametrize(
    "changes",
    [
        {"image": "ghcr.io/open-webui/open-webui:v0.12.3"},
        {"workers": 3},
        {"threads": 19},
        {"environment": {}},
        {"vector_database": "qdrant"},
        {"vcpu": 0.5},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_no_number_outside_of_the_conditions(minimal_spec: Spec, changes: dict[str, Any]) -> None:
    assert measurement_of(within(minimal_spec))
    assert measurement_of(within(minimal_spec, **changes)) is None


@pytest.mark.parametrize(
    "pool", [{"size": 9}, {"max_overflow": 4}, {"vector_size": 4}], ids=lambda pool: next(iter(pool))
)
def test_no_number_for_a_smaller_pool(minimal_spec: Spec, pool: dict[str, int]) -> None:
    spec = within(minimal_spec, database_pool=altered(minimal_spec.app.database_pool, **pool))
    assert measurement_of(spec) is None
