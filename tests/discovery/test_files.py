"""`owscale init` from a task definition, a compose file and Helm values: right results, and hostile files."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests._support.discovery.expected import COMMAND, EXPECTED, FILES, option_of
from tests._support.discovery.init_run import InitRun, init_from_file
from tests._support.emulator.command_run import owscale
from tests._support.placeholders import fill_in

each_file = pytest.mark.parametrize("file", sorted(FILES.iterdir()), ids=lambda file: file.name)
TASKDEF = json.loads((FILES / "taskdef.json").read_text())
KEY = "sk-" + "EXAMPLE0" * 5


def init(tmp_path: Path, data: Any, option: str = "--from-taskdef", *options: str) -> InitRun:
    file = tmp_path / "source"
    file.write_text(data if isinstance(data, str) else json.dumps(data), encoding="utf-8")
    return init_from_file(option, file, tmp_path / "new", *options)


def taskdef(**changes: Any) -> dict[str, Any]:
    """Return the task definition with changes of its container."""
    definition = json.loads(json.dumps(TASKDEF))
    definition["taskDefinition"]["containerDefinitions"][0] |= changes
    result: dict[str, Any] = definition
    return result


@each_file
def test_spec_and_report_are_right(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(FILES)
    run = init_from_file(option_of(file), Path(file.name), tmp_path)
    assert (run.run.code, run.run.err) == (0, "")
    for name, text in (("spec.yaml", run.spec), ("report.txt", run.report)):
        expected = (EXPECTED / file.stem / name).read_text(encoding="utf-8")
        assert text == expected, f"renew it with `{COMMAND}`, and look at the difference"
    assert run.checked.errors == ()
    assert "EXAMPLE-password" not in run.everything
    fill_in(tmp_path / "spec/spec.yaml")
    assert owscale("generate", "--spec", str(tmp_path / "spec"), "--out", str(tmp_path / "out")).code == 0


def test_secrets_in_odd_places_stay_out(tmp_path: Path) -> None:
    definition = taskdef(
        command=[KEY],
        dockerLabels={KEY: KEY},
        environment=[
            {"name": KEY, "value": "x"},
            {"name": "NOTE", "value": f"see {KEY}"},
            {"name": "WEBUI_URL", "value": f"https://chat:{KEY}@chat.example.com"},
            {"name": "OPENAI_API_BASE_URL", "value": f"https://api.example.com/?key={KEY}"},
        ],
        image=f"ghcr.io/open-webui/open-webui:{KEY}",
        secrets=[{"name": "TOKEN_REF", "valueFrom": KEY}],
        mountPoints=[{"sourceVolume": "data", "containerPath": KEY}],
    )
    definition["taskDefinition"]["family"] = KEY
    definition["taskDefinition"]["taskDefinitionArn"] = f"arn:aws:ecs:us-east-1:111122223333:task-definition/{KEY}"
    definition["tags"] = [{"key": "deploy", "value": KEY}, {"key": KEY, "value": "x"}]
    run = init(tmp_path, definition)
    assert run.run.code == 0, run.run.err
    assert KEY not in run.everything


def test_large_file_is_an_error(tmp_path: Path) -> None:
    definition = taskdef(environment=[{"name": f"V{number}", "value": "x" * 1000} for number in range(1000)])
    run = init(tmp_path, definition)
    assert run.run.code == 1
    assert "the maximum is 0.5 MiB" in run.run.err or "larger" in run.run.err or "MiB" in run.run.err
    assert not run.folder.exists()


def test_many_variables_are_written(tmp_path: Path) -> None:
    definition = taskdef(environment=[{"name": f"NOTE_{number}", "value": "x"} for number in range(1000)])
    run = init(tmp_path, definition)
    assert run.run.code == 0, run.run.err
    assert run.checked.deployment
    assert len(run.checked.deployment.spec.app.environment) == 1000


@pytest.mark.parametrize(
    ("option", "text", "message"),
    [
        ("--from-taskdef", "{", ":1:2: not JSON\n"),
        ("--from-taskdef", "[1]", "not a task definition; it has no containerDefinitions\n"),
        ("--from-taskdef", "[" * 100000, "not JSON\n"),
        ("--from-taskdef", '{"containerDefinitions": [{"image": "open-webui"}]}', "no container looks like Open WebUI"),
        ("--from-compose", "services: [", "not YAML: "),
        ("--from-compose", "a: 1", "not a compose file; it has no services\n"),
        ("--from-compose", "services: {web: {image: nginx}}", "no container looks like Open WebUI; there are: web\n"),
        ("--from-compose", "[" * 100, "not YAML: "),
        ("--from-compose", "? {a: b}\n: c\n", "not YAML: "),
        ("--from-compose", "a: !!python/object:os.system x", "not YAML: "),
        ("--from-helm-values", "a: 1", "not values of the chart of Open WebUI"),
        ("--from-helm-values", "- a", "not values of the chart of Open WebUI"),
    ],
)
def test_other_file_is_an_error(tmp_path: Path, option: str, text: str, message: str) -> None:
    run = init(tmp_path, text, option)
    assert run.run.code == 1
    assert message in run.run.err
    assert "\n  hint: " in run.run.err
    assert not run.folder.exists()


def test_missing_file_is_an_error(tmp_path: Path) -> None:
    run = owscale("init", str(tmp_path / "new"), "--from-taskdef", str(tmp_path / "none.json"))
    assert run.code == 1
    assert "none.json" in run.err


def test_alias_bomb_is_read_quickly(tmp_path: Path) -> None:
    lines = ["a0: &a0 [x, x]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    text = "\n".join((*lines, "services: {webui: {image: 'open-webui:v0.12.4', environment: *a11, volumes: *a11}}"))
    assert init(tmp_path, text, "--from-compose").run.code == 0


def test_compose_interpolation_and_forms(tmp_path: Path) -> None:
    text = """
services:
  chat:
    image: ghcr.io/open-webui/open-webui:${TAG:-v0.12.4}
    environment: {PORT_NOTE: 8080, ON_NOTE: on, TIME_NOTE: 1:30, DOLLAR: "$$5", NONE: , TYPED: "${A:?missing}"}
    volumes: [{type: volume, source: data, target: /app/backend/data}]
    mem_limit: 4096m
    cpus: 1
    platform: linux/arm64
"""
    run = init(tmp_path, text, "--from-compose")
    assert run.checked.deployment
    spec = run.checked.deployment.spec
    assert spec.app.image == "ghcr.io/open-webui/open-webui:v0.12.4"
    assert {name: spec.app.environment[name] for name in ("PORT_NOTE", "ON_NOTE", "TIME_NOTE", "DOLLAR")} == {
        "PORT_NOTE": "8080",
        "ON_NOTE": "on",
        "TIME_NOTE": "1:30",
        "DOLLAR": "$5",
    }
    assert {"app.environment.NONE", "app.environment.TYPED"} <= {*run.open_keys}
    assert (spec.service.vcpu, spec.service.memory_gb, spec.service.architecture) == (1, 4, "ARM64")


_ODD = (KEY, "${x}", "- a", "arn:aws:secretsmanager:x", "\x1b[2J", "::error::")
_TEXTS = st.text(max_size=20) | st.sampled_from(_ODD)
_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXTS, inner, max_size=3),
    max_leaves=6,
)
_CONTAINER = ("taskDefinition", "containerDefinitions", 0)
_PATHS = [
    *(("taskDefinition", key) for key in TASKDEF["taskDefinition"]),
    *((*_CONTAINER, key) for key in TASKDEF["taskDefinition"]["containerDefinitions"][0]),
    *((*_CONTAINER, "environment", 0, key) for key in ("name", "value")),
    *((*_CONTAINER, "secrets", 0, key) for key in ("name", "valueFrom")),
    ("taskDefinition", "volumes", 0, "efsVolumeConfiguration", "fileSystemId"),
    ("taskDefinition", "runtimePlatform"),
    ("tags",),
    ("tags", 0, "key"),
    ("tags", 0, "value"),
]


@settings(max_examples=20, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(changes=st.lists(st.tuples(st.sampled_from(_PATHS), _VALUES), min_size=1, max_size=3))
def test_odd_types_give_a_valid_spec_or_an_error(changes: list[tuple[Any, Any]], tmp_path_factory: Any) -> None:
    definition = json.loads(json.dumps(TASKDEF))
    for path, value in changes:
        node = definition
        try:
            for key in path[:-1]:
                node = node[key]
            node[path[-1]] = value
        except (KeyError, IndexError, TypeError):
            continue
    run = init(tmp_path_factory.mktemp("odd"), definition)
    assert run.run.code in {0, 1}, run.run.err
    if run.run.code == 0:
        assert run.checked.errors == (), run.checked.errors
        assert yaml.safe_load(run.spec)
        assert KEY not in run.everything
    else:
        assert "Traceback" not in run.run.err
