"""The documents match the plan of Terraform: the same alarms, variables, secrets, rules and names."""

import json
import re

import pytest

from owscale.render.file_list import build_contexts
from owscale.rules.runner import check_deployment
from tests._support.shell import blocks, commands
from tests.terraform.conftest import Plan, Root

ALARM = "module.monitoring.aws_cloudwatch_metric_alarm."
RULE = re.compile(r"module\.network\.(aws_vpc_security_group_(?:in|e)gress_rule\..+)")


def _rows(text: str, heading: str) -> list[list[str]]:
    """Return the rows of the first table of a section, without backticks."""
    section = text.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    lines = [line for line in section.splitlines() if line.startswith("|")]
    return [[cell.strip().replace("`", "") for cell in re.split(r"(?<!\\)\|", line)[1:-1]] for line in lines[2:]]


@pytest.fixture
def readme(root: Root) -> str:
    return (root.folder / "README.md").read_text()


@pytest.fixture
def runbook(root: Root) -> list[list[str]]:
    text = (root.folder / "RUNBOOK.md").read_text()
    return [command for block in blocks(text, "bash") for command in commands(block)]


def test_alarms_match_the_plan(readme: str, plan: Plan) -> None:
    planned = {after["alarm_name"]: after for address, after in plan.after.items() if address.startswith(ALARM)}
    rows = {name: row for row in _rows(readme, "Alarms") for name in row[0].split(", ")}
    assert rows.keys() == planned.keys()
    for name, (_, metric, threshold, window, action, response) in rows.items():
        alarm = planned[name]
        assert metric == f"{alarm['namespace']} {alarm['metric_name']}, {alarm['statistic']}"
        scale = 2**30 if alarm["metric_name"] == "BurstCreditBalance" else 1
        limit = f"{alarm['threshold'] / scale:,.10g}"
        assert {
            "LessThanThreshold": threshold.startswith(f"below {limit}"),
            "GreaterThanThreshold": threshold.startswith(f"above {limit}"),
            "GreaterThanOrEqualToThreshold": threshold.startswith(limit) and threshold.endswith(" or more"),
        }[alarm["comparison_operator"]], threshold
        periods = alarm["evaluation_periods"]
        assert re.match(rf"{alarm['datapoints_to_alarm']} of {periods} periods? of {alarm['period']} s; ", window)
        missing_data = {
            "breaching": "counts as bad",
            "ignore": "keeps the state",
            "missing": "gives INSUFFICIENT_DATA",
            "notBreaching": "counts as good",
        }
        assert window.endswith(missing_data[alarm["treat_missing_data"]])
        assert ("adds" in action) is (len(alarm["alarm_actions"]) == 2)
        assert response


def test_variables_and_secrets_match_the_plan(root: Root, readme: str, plan: Plan) -> None:
    (container,) = json.loads(plan["module.service.aws_ecs_task_definition.this"]["container_definitions"])
    rows = {name: (value, purpose) for name, value, purpose in _rows(readme, "Environment variables")}
    assert rows.keys() == {variable["name"] for variable in container["environment"]}
    for variable in container["environment"]:
        value, purpose = rows[variable["name"]]
        assert purpose
        if variable["name"] != "FORWARDED_ALLOW_IPS":
            assert value.replace("\\", "") == (variable["value"].replace("\\", "") or "(empty)")
    secrets = {row[0]: row[1] for row in _rows(readme, "Secrets")}
    references = {variable["name"]: variable["valueFrom"] for variable in container["secrets"]}
    assert references.keys() == secrets.keys() - {"Redis token", "image registry"}
    if existing_key := root.deployment.spec.existing.secrets.webui_secret_key_arn:
        assert secrets["WEBUI_SECRET_KEY"] == existing_key  # in the plan, the module of the secrets is a mock
        references.pop("WEBUI_SECRET_KEY")
    for name, reference in references.items():
        secret_name = secrets[name].removesuffix("*").rpartition("/")[2]
        assert secret_name in reference, (secrets[name], reference)


def test_firewall_rules_match_the_plan(root: Root, readme: str, plan: Plan) -> None:
    planned = {match[1]: plan[address] for address in plan.after if (match := RULE.fullmatch(address))}
    rows = build_contexts(check_deployment(root.deployment), "spec.yaml").documents["firewall_rows"]
    assert {address for row in rows for address in row.resources} == planned.keys()
    for row in rows:
        for address in row.resources:
            rule = planned[address]
            ports = "-".join(map(str, sorted({rule["from_port"], rule["to_port"]})))
            assert row.ports == (f"{ports} (UDP)" if rule["ip_protocol"] == "udp" else ports)
            ends = {rule["security_group_id"], *(rule[key] for key in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id"))}
            is_named = row.address in {*ends, rule["referenced_security_group_id"]}
            assert is_named or row.address.startswith(f"{root.deployment.spec.service.name}-"), row
    table = [[row.source, row.target, row.address, row.ports] for row in rows]
    assert _rows(readme, "Network access") == table


def test_widgets_match_the_dashboard(root: Root, plan: Plan) -> None:
    titles = [
        widget.title
        for widget in build_contexts(check_deployment(root.deployment), "spec.yaml").documents["widget_rows"]
    ]
    text = (root.folder / "modules/monitoring/dashboard.tf").read_text()
    assert re.findall(r'title += "(.+)"', text) == titles
    assert "module.monitoring.aws_cloudwatch_dashboard.this" in plan


def test_names_in_commands_match_the_plan(runbook: list[list[str]], plan: Plan) -> None:
    alarms = {after["alarm_name"] for address, after in plan.after.items() if address.startswith(ALARM)}
    log_groups = {after["name"] for address, after in plan.after.items() if ".aws_cloudwatch_log_group." in address}
    tailed = {command[3] for command in runbook if command[:3] == ["aws", "logs", "tail"]}
    assert tailed == log_groups
    for command in runbook:
        if "--alarm-names" in command:
            first = command.index("--alarm-names") + 1
            assert set(command[first : first + len(alarms)]) == alarms
        if "--alarm-name-prefix" in command:
            prefix = command[command.index("--alarm-name-prefix") + 1]
            assert all(name.startswith(prefix) for name in alarms)


def test_migration_is_the_container_of_the_service(runbook: list[list[str]], plan: Plan) -> None:
    service = plan["module.service.aws_ecs_task_definition.this"]
    [family] = {
        command[command.index("--task-definition") + 1]
        for command in runbook
        if command[:3] == ["aws", "ecs", "run-task"]
    }
    assert family == f"{service['family']}-migration"
    migration = plan.after.get("module.service.aws_ecs_task_definition.migration")
    if migration is None:
        return
    assert migration["family"] == family
    [container], [migrating] = (json.loads(each["container_definitions"]) for each in (service, migration))
    [stream] = [
        command[command.index("--log-stream-names") + 1] for command in runbook if "--log-stream-names" in command
    ]
    assert stream.startswith(
        f"{migrating['logConfiguration']['options']['awslogs-stream-prefix']}/{migrating['name']}/"
    )
    variables = {each["name"]: each["value"] for each in container["environment"]}
    assert {each["name"]: each["value"] for each in migrating["environment"]} == variables | {
        "ENABLE_DB_MIGRATIONS": "true"
    }
    same = container.keys() - {"environment", "healthCheck", "image", "logConfiguration", "portMappings", "stopTimeout"}
    assert {name: migrating.get(name) for name in same} == {name: container[name] for name in same}
    same_values = ("cpu", "ephemeral_storage", "memory", "network_mode", "runtime_platform")
    assert [migration[name] for name in same_values] == [service[name] for name in same_values]
    [files], [migrated_files] = (each["volume"] for each in (service, migration))
    for name in ("efs_volume_configuration", "name"):
        assert migrated_files[name] == files[name]
