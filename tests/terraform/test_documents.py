"""What the documents tell is what Terraform plans: the same alarms, variables, secrets, rules and names."""

import json
import re
from itertools import pairwise

import pytest

from generator.context import context as hcl
from generator.documents import context
from tests.documents.shell import blocks, commands
from tests.terraform.conftest import Plan, Root

ALARM = "module.monitoring.aws_cloudwatch_metric_alarm."
RULE = re.compile(r"module\.network\.(aws_vpc_security_group_(?:in|e)gress_rule\..+)")


def _rows(text: str, heading: str) -> list[list[str]]:
    """The rows of the first table of a section, without code marks."""
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


def test_alarms(readme: str, plan: Plan) -> None:
    planned = {after["alarm_name"]: after for at, after in plan.after.items() if at.startswith(ALARM)}
    told = {name: row for row in _rows(readme, "Alarms") for name in row[0].split(", ")}
    assert told.keys() == planned.keys()
    for name, (_, metric, threshold, window, action, answer) in told.items():
        alarm = planned[name]
        assert metric == f"{alarm['namespace']} {alarm['metric_name']}, {alarm['statistic']}"
        words = {"GreaterThanThreshold": "above", "GreaterThanOrEqualToThreshold": "from"}[alarm["comparison_operator"]]
        assert threshold.startswith(f"{words} {alarm['threshold']:g}")
        periods = alarm["evaluation_periods"]
        assert re.match(rf"{alarm['datapoints_to_alarm']} of {periods} periods? of {alarm['period']} s; ", window)
        data = {"breaching": "bad", "notBreaching": "good", "missing": "no verdict", "ignore": "changes nothing"}
        assert window.endswith(data[alarm["treat_missing_data"]])
        assert ("adds" in action) is (len(alarm["alarm_actions"]) == 2)
        assert answer


def test_variables_and_secrets(readme: str, plan: Plan) -> None:
    (container,) = json.loads(plan["module.service.aws_ecs_task_definition.this"]["container_definitions"])
    told = {name: (value, why) for name, value, why in _rows(readme, "Environment variables")}
    assert told.keys() == {each["name"] for each in container["environment"]}
    for each in container["environment"]:
        value, why = told[each["name"]]
        assert why
        if each["name"] != "FORWARDED_ALLOW_IPS":
            assert value.replace("\\", "") == (each["value"].replace("\\", "") or "(empty)")
    secrets = {row[0]: row[1] for row in _rows(readme, "Secrets")}
    references = {each["name"]: each["valueFrom"] for each in container["secrets"]}
    assert references.keys() == secrets.keys() - {"Redis itself", "the image registry"}
    for name, reference in references.items():
        told_name = secrets[name].removesuffix("*").rpartition("/")[2]
        assert told_name in reference, (secrets[name], reference)


def test_rules(root: Root, readme: str, plan: Plan) -> None:
    planned = {found[1]: plan[at] for at in plan.after if (found := RULE.fullmatch(at))}
    rows = context(root.deployment, "spec.yaml", hcl(root.deployment))["rule_rows"]
    assert {address for row in rows for address in row.resources} == planned.keys()
    for row in rows:
        for address in row.resources:
            rule = planned[address]
            assert (rule["from_port"], rule["to_port"]) == (row.port, row.port)
            ends = {rule["security_group_id"], *(rule[key] for key in ("cidr_ipv4", "cidr_ipv6", "prefix_list_id"))}
            named = {row.what} & {*ends, rule["referenced_security_group_id"]}
            assert named or row.what.startswith(f"{root.deployment.spec.service.name}-"), row
    table = [[row.source, row.target, row.what, str(row.port)] for row in rows]
    assert _rows(readme, "Who reaches what") == table


def test_widgets(root: Root, plan: Plan) -> None:
    titles = [widget.title for widget in context(root.deployment, "spec.yaml", hcl(root.deployment))["widget_rows"]]
    text = (root.folder / "modules/monitoring/dashboard.tf").read_text()
    assert re.findall(r'title += "(.+)"', text) == titles
    assert "module.monitoring.aws_cloudwatch_dashboard.this" in plan


def test_names_in_commands(runbook: list[list[str]], plan: Plan) -> None:
    alarms = {after["alarm_name"] for at, after in plan.after.items() if at.startswith(ALARM)}
    groups = {after["name"] for at, after in plan.after.items() if ".aws_cloudwatch_log_group." in at}
    tailed = {command[3] for command in runbook if command[:3] == ["aws", "logs", "tail"]}
    assert tailed == groups
    for command in runbook:
        if "--alarm-names" in command:
            first = command.index("--alarm-names") + 1
            assert set(command[first : first + len(alarms)]) == alarms
        if "--alarm-name-prefix" in command:
            prefix = command[command.index("--alarm-name-prefix") + 1]
            assert all(name.startswith(prefix) for name in alarms)
    family = plan["module.service.aws_ecs_task_definition.this"]["family"]
    assert ["--task-definition", family] in [list(pair) for c in runbook for pair in pairwise(c)]
    overrides = next(json.loads(c[c.index("--overrides") + 1]) for c in runbook if "--overrides" in c)
    (container,) = json.loads(plan["module.service.aws_ecs_task_definition.this"]["container_definitions"])
    assert overrides["containerOverrides"][0]["name"] == container["name"]
    assert "ENABLE_DB_MIGRATIONS" in {each["name"] for each in container["environment"]}
