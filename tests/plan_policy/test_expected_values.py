"""The values of a plan equal the rendered configuration of the spec."""

import copy
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from owscale.plan_policy.context import PolicyContext
from owscale.plan_policy.evaluate import evaluate_plan
from owscale.plan_policy.expected_values import NOT_COMPARED, require_expected_values
from owscale.plan_policy.result import Note, Violation
from owscale.terraform.config.evaluation import Failure, evaluate_root_module
from owscale.terraform.config.values import UNKNOWN
from owscale.terraform.plan.model import Plan, ResourceChange
from owscale.terraform.plan.parser import parse_plan
from owscale.workflow.own_terraform import terraform_files
from owscale.workflow.pipeline import expected_files
from tests._support.cases import cases
from tests._support.plans import (
    EDITED_PLANS,
    PLAN_NAMES,
    Json,
    ResourceAddress,
    add_resource,
    check_plan,
    deployment,
    find_change,
    load_plan,
    plan_text,
    rendered_files,
    set_expression,
)
from tests._support.scale import scaled

PLAN = "no-change"
LOAD_BALANCER = "module.load_balancer.aws_lb.this"
BUCKET_POLICY = "module.load_balancer.aws_s3_bucket_policy.access_logs"
TASKS = "module.service.aws_ecs_task_definition.this"
SERVICE = "module.service.aws_ecs_service.this"
TASK_POLICY = "module.service.aws_iam_role_policy.task"
TASK_ROLE = "module.service.aws_iam_role.task"
SCALING = "module.autoscaling.aws_appautoscaling_target.this"
REDIS_RULE = "module.network.aws_vpc_security_group_ingress_rule.redis_from_tasks"
SECRET_VERSION = "module.secrets.aws_secretsmanager_secret_version.webui_secret_key"  # noqa: S105 -- an address
FOREIGN_SECRET = "arn:aws:secretsmanager:us-east-1:123456789012:secret:other-a1B2c3"  # noqa: S105 -- an ARN


def differences(name: str, plan: Plan, files: dict[str, str] | None = None) -> list[Violation]:
    return [result for result in results(name, plan, files) if isinstance(result, Violation)]


def results(name: str, plan: Plan, files: dict[str, str] | None = None) -> list[Violation | Note]:
    recorded = deployment(name)
    used = rendered_files(name) if files is None else files
    return list(require_expected_values(PolicyContext(plan, recorded.spec, recorded.environment, used)))


def parsed(plan: Json) -> Plan:
    return parse_plan(json.dumps(plan))


def entries(plan: Json, address: str) -> Iterator[Json]:
    """Yield the values of a resource everywhere in a plan."""
    change = find_change(plan, address)["change"]
    yield from (change[key] for key in ("before", "after") if change[key] is not None)
    modules = [plan["planned_values"]["root_module"], plan["prior_state"]["values"]["root_module"]]
    while modules:
        module = modules.pop()
        modules += module.get("child_modules", [])
        yield from (entry["values"] for entry in module.get("resources", []) if entry["address"] == address)


def set_everywhere(address: str, argument: str, value: Any) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        for values in entries(plan, address):
            values[argument] = value

    return modify


def edit_document(address: str, argument: str, edit: Callable[[Any], None]) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        for values in entries(plan, address):
            document = json.loads(values[argument])
            edit(document)
            values[argument] = json.dumps(document)

    return modify


def _set_unknown(address: str, argument: str) -> Callable[[Json], None]:
    def modify(plan: Json) -> None:
        change = find_change(plan, address)["change"]
        change["after"].pop(argument)
        change["after_unknown"][argument] = True

    return modify


def _container(edit: Callable[[Json], None]) -> Callable[[Json], None]:
    return edit_document(TASKS, "container_definitions", lambda containers: edit(containers[0]))


def _add_variable(container: Json) -> None:
    container["environment"].append({"name": "ENABLE_SIGNUP", "value": "true"})


def _change_variable(container: Json) -> None:
    container["environment"][0]["value"] += "x"


def _add_action(policy: Json) -> None:
    policy["Statement"][0]["Action"] = ["elasticfilesystem:*", *policy["Statement"][0]["Action"]]


def _add_principal(policy: Json) -> None:
    policy["Statement"][0]["Principal"]["AWS"] = "arn:aws:iam::999999999999:root"


def _allow_without_tls(policy: Json) -> None:
    policy["Statement"] = [each for each in policy["Statement"] if each["Effect"] == "Allow"]


def _other_network(plan: Json) -> None:
    for values in entries(plan, SERVICE):
        values["network_configuration"][0]["subnets"][0] = "subnet-0123456789abcdef0"


MUTATIONS: dict[str, tuple[str, str, Callable[[Json], None]]] = {
    "public load balancer": (LOAD_BALANCER, "internal", set_everywhere(LOAD_BALANCER, "internal", False)),
    "rule in a foreign group": (
        REDIS_RULE,
        "security_group_id",
        set_everywhere(REDIS_RULE, "security_group_id", "sg-0123456789abcdef0"),
    ),
    "rule for a foreign group": (
        REDIS_RULE,
        "referenced_security_group_id",
        set_everywhere(REDIS_RULE, "referenced_security_group_id", "sg-0123456789abcdef0"),
    ),
    "rule for a range": (REDIS_RULE, "cidr_ipv4", set_everywhere(REDIS_RULE, "cidr_ipv4", "0.0.0.0/0")),
    "foreign secret": (SECRET_VERSION, "secret_id", set_everywhere(SECRET_VERSION, "secret_id", FOREIGN_SECRET)),
    "unknown value": (LOAD_BALANCER, "internal", _set_unknown(LOAD_BALANCER, "internal")),
    "another image": (TASKS, "container_definitions", _container(lambda each: each.update(image="ghcr.io/evil/x:1"))),
    "another command": (TASKS, "container_definitions", _container(lambda each: each.update(command=["sh"]))),
    "one more variable": (TASKS, "container_definitions", _container(_add_variable)),
    "another variable": (TASKS, "container_definitions", _container(_change_variable)),
    "one more action": (TASK_POLICY, "policy", edit_document(TASK_POLICY, "policy", _add_action)),
    "one more principal": (
        TASK_ROLE,
        "assume_role_policy",
        edit_document(TASK_ROLE, "assume_role_policy", _add_principal),
    ),
    "another bucket policy": (BUCKET_POLICY, "policy", edit_document(BUCKET_POLICY, "policy", _allow_without_tls)),
    "another maximum": (SCALING, "max_capacity", set_everywhere(SCALING, "max_capacity", 100)),
    "other subnets": (
        LOAD_BALANCER,
        "subnets",
        set_everywhere(LOAD_BALANCER, "subnets", ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"]),
    ),
    "another subnet": (SERVICE, "network_configuration", _other_network),
}
# The other rules of the check refuse these too, since they change an argument that identifies an object.
_ALSO_REFUSED = {"unknown value"}


@pytest.mark.parametrize("name", PLAN_NAMES)
def test_recorded_plan_is_what_the_spec_says(name: str) -> None:
    assert bool(results(name, parse_plan(plan_text(name)))) == (name in EDITED_PLANS)


@pytest.mark.parametrize("name", MUTATIONS)
def test_only_this_rule_refuses_another_value(name: str) -> None:
    address, argument, modify = MUTATIONS[name]
    plan = load_plan(PLAN)
    if argument == "cidr_ipv4":
        set_expression(plan, address, argument, {"constant_value": "0.0.0.0/0"})
    modify(plan)
    assert name in _ALSO_REFUSED or check_plan(PLAN, plan).passed
    violations = differences(PLAN, parsed(plan))
    assert any(each.address == address and argument in each.problem for each in violations)
    assert {each.rule for each in violations} == {"other value"}
    assert not any("0123456789abcdef" in str(each) or "0.0.0.0/0" in str(each) for each in violations)


@pytest.mark.parametrize("part", ["change", "planned", "state", "configuration", "built-in for AWS"])
def test_other_provider_is_refused(part: str) -> None:
    plan = load_plan(PLAN)
    evil = "registry.terraform.io/evil/aws"
    if part == "change":
        find_change(plan, LOAD_BALANCER)["provider_name"] = evil
    elif part == "built-in for AWS":
        find_change(plan, LOAD_BALANCER)["provider_name"] = "terraform.io/builtin/terraform"
    elif part == "configuration":
        plan["configuration"]["provider_config"]["module.secrets:terraform"]["full_name"] = evil
    else:
        state = plan["planned_values"] if part == "planned" else plan["prior_state"]["values"]
        state["root_module"]["child_modules"][0]["resources"][0]["provider_name"] = evil
    assert check_plan(PLAN, plan).passed
    assert differences(PLAN, parsed(plan))


def test_resource_without_configuration_is_refused() -> None:
    plan = load_plan(PLAN)
    add_resource(plan, ResourceAddress("aws_sns_topic"), ["create"], {"name": "x"})
    assert check_plan(PLAN, plan).passed
    [violation] = differences(PLAN, parsed(plan))
    assert violation.problem == "is planned, and the configuration of this deployment does not have it"


@pytest.mark.parametrize("expression", [None, {"constant_value": True}])
def test_other_set_of_arguments_is_refused(expression: Json | None) -> None:
    plan = load_plan(PLAN)
    set_expression(plan, LOAD_BALANCER, "enable_http2" if expression else "internal", expression)
    [violation] = differences(PLAN, parsed(plan))
    assert violation.problem.startswith("sets enable_http2" if expression else "does not set internal")


def _module(plan: Json, name: str) -> Json:
    return plan["configuration"]["root_module"]["module_calls"][name]  # type: ignore[no-any-return]  # JSON


def _other_argument(plan: Json) -> None:
    _module(plan, "secrets")["expressions"]["redis_endpoint"] = {"references": ["module.redis.port", "module.redis"]}


def _other_output(plan: Json) -> None:
    outputs = _module(plan, "network")["module"]["outputs"]
    outputs["tasks_security_group_id"]["expression"] = {"references": ["aws_security_group.redis.id"]}


def _other_secret(plan: Json) -> None:
    names = ["aws_secretsmanager_secret.redis_token.id", "aws_secretsmanager_secret.redis_token"]
    set_expression(plan, SECRET_VERSION, "secret_id", {"references": names})


CONFIGURATIONS: dict[str, tuple[str, Callable[[Json], None]]] = {
    "argument of a module": ("module.secrets", _other_argument),
    "argument of a module that is missing": (
        "module.secrets",
        lambda plan: _module(plan, "secrets")["expressions"].pop("name"),
    ),
    "output": ("module.network.output.tasks_security_group_id", _other_output),
    "argument of a resource": (SECRET_VERSION, _other_secret),
    "module": (
        "module.autoscaling",
        lambda plan: plan["configuration"]["root_module"]["module_calls"].pop("autoscaling"),
    ),
}


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_other_source_of_an_unknown_value_is_refused(name: str) -> None:
    address, modify = CONFIGURATIONS[name]
    plan = load_plan("create")
    modify(plan)
    assert address in {each.address for each in differences("create", parsed(plan))}


def test_violation_names_the_key_and_its_place() -> None:
    plan = load_plan(PLAN)
    set_everywhere(SCALING, "max_capacity", 100)(plan)
    checked = evaluate_plan(parsed(plan), deployment(PLAN), rendered_files(PLAN))
    [violation] = [each for each in checked.violations if each.rule == "other value"]
    assert violation.spec_key == "autoscaling.max"
    assert "autoscaling.max" in violation.location


def test_autoscaling_manages_the_count() -> None:
    plan = load_plan(PLAN)
    set_everywhere(SERVICE, "desired_count", 7)(plan)
    assert differences(PLAN, parsed(plan)) == []
    find_change(plan, SERVICE)["change"]["after"]["desired_count"] = 8
    [violation] = differences(PLAN, parsed(plan))
    assert "desired_count" in violation.problem


# The systematic mutation: a run tries a tenth of it, and OWSCALE_HOSTILE_SCALE=1 all of it.
_STEP = max(1, 10 // scaled(10))


def _arguments(plan: Plan) -> Iterator[tuple[ResourceChange, str, tuple[str | int, ...], Any]]:
    """Yield each known leaf of an argument that the configuration sets, with its path in the argument."""
    for change in plan.managed():
        for name, expression in plan.configuration.expressions(change.address).items():
            if (change.type, name) in NOT_COMPARED or change.is_unknown(name) or change.kind == "delete":
                continue
            for path, leaf in _leaves(expression, change.after.get(name)):
                yield change, name, path, leaf


def _leaves(expression: Any, value: Any) -> Iterator[tuple[tuple[str | int, ...], Any]]:
    if isinstance(expression, list) and isinstance(value, list):  # blocks, which a set may have in another order
        blocks = {key: inner for block in expression for key, inner in block.items()}
        for index, item in enumerate(value):
            yield from (((index, *path), leaf) for path, leaf in _leaves(blocks, item))
    elif isinstance(expression, dict) and not expression.keys() <= {"constant_value", "references"}:
        for key, inner in expression.items():
            yield from (((key, *path), leaf) for path, leaf in _leaves(inner, value[key]))
    elif isinstance(value, dict | list) and value:
        for key, inner in value.items() if isinstance(value, dict) else enumerate(value):
            yield from (((key, *path), leaf) for path, leaf in _leaves({}, inner))
    else:
        yield (), value


def _others(leaf: Any) -> Iterator[Any]:
    """Yield other values of the same type; for a document, one for each leaf in it."""
    if isinstance(leaf, str) and leaf[:1] in ("{", "["):
        document = json.loads(leaf)
        for path, inner in _leaves({}, document):
            if inner not in ("", None, [], {}):  # they count as missing
                for other in _others(inner):
                    yield json.dumps(_with(document, path, other))
    elif isinstance(leaf, bool):
        yield not leaf
    elif isinstance(leaf, int | float):
        yield leaf + 1
    elif isinstance(leaf, list | dict):
        yield ["x"] if isinstance(leaf, list) else {"x": "x"}
    else:
        yield "x" if leaf is None else f"{leaf}1"


def _with(value: Any, path: tuple[str | int, ...], other: Any) -> Any:
    if not path:
        return other
    changed = copy.copy(value)
    changed[path[0]] = _with(value[path[0]], path[1:], other)
    return changed


def _changed(plan: Plan, change: ResourceChange, **fields: Any) -> Plan:
    changed = replace(change, **fields)
    return replace(plan, changes=tuple(changed if each is change else each for each in plan.changes))


SYSTEMATIC = ("create", "everything-exists", "no-change")


@pytest.mark.parametrize("name", SYSTEMATIC)
def test_every_other_value_is_refused(name: str) -> None:
    plan = parse_plan(plan_text(name))
    mutants = [
        (change, argument, _changed(plan, change, after={**change.after, argument: value}, before=change.before))
        for change, argument, path, leaf in _arguments(plan)
        for other in _others(leaf)
        for value in [_with(change.after.get(argument), path, other)]
    ]
    assert len(mutants) > 300
    accepted = [
        (change.address, argument)
        for change, argument, mutant in mutants[::_STEP]
        if not any(each.address == change.address and argument in each.problem for each in differences(name, mutant))
    ]
    assert accepted == []


@pytest.mark.parametrize("name", SYSTEMATIC)
def test_every_unknown_value_is_refused(name: str) -> None:
    plan = parse_plan(plan_text(name))
    known = [(change, argument) for change, argument, _, leaf in _arguments(plan) if leaf not in (None, "", [], {})]
    unique = list({(change.address, argument): (change, argument) for change, argument in known}.values())
    for change, argument in unique[::_STEP]:
        mutant = _changed(plan, change, unknown={**change.unknown, argument: True})
        assert any(argument in each.problem for each in differences(name, mutant)), (change.address, argument)


@pytest.mark.parametrize("name", SYSTEMATIC)
def test_every_argument_that_is_not_set_is_refused(name: str) -> None:
    plan = parse_plan(plan_text(name))
    unset = [
        (change, argument, mutant)
        for change in plan.managed()
        for argument, value in change.after.items()
        if not change.is_unknown(argument) and argument not in plan.configuration.expressions(change.address)
        for path, leaf in _leaves({}, value)
        for other in _others(leaf)
        if other is not False or argument in ("actions_enabled", "enable_http2")  # false counts as not set
        for mutant in [_changed(plan, change, after={**change.after, argument: _with(value, path, other)})]
    ]
    assert len(unset) > 200
    for change, argument, mutant in unset[::_STEP]:
        assert any(argument in each.problem for each in differences(name, mutant)), (change.address, argument)


def test_nearly_all_arguments_are_compared() -> None:
    assert len(NOT_COMPARED) == 2
    compared = total = 0
    used = set()
    for name in PLAN_NAMES:
        plan = parse_plan(plan_text(name))
        for change in plan.managed():
            if change.kind != "delete":
                names = {(change.type, argument) for argument in plan.configuration.expressions(change.address)}
                used |= names & NOT_COMPARED.keys()
                total += len(names)
                compared += len(names - NOT_COMPARED.keys())
    assert NOT_COMPARED.keys() - used == {("aws_elasticache_replication_group", "auth_token_wo")}  # of provider 6
    assert total > 2000
    assert compared / total > 0.99


@pytest.mark.parametrize("case", cases(), ids=lambda case: case.name)
def test_every_argument_of_a_golden_case_is_evaluated(case: Any) -> None:
    for checked in case.checked():
        files = terraform_files(Path("missing"), expected_files(checked, case.paths)).texts
        instances = list(evaluate_root_module(files, lambda _address: UNKNOWN, {}).instances())
        assert len(instances) > 50
        failures = [each for each in instances if isinstance(each, Failure)]
        for instance in instances:
            if not isinstance(instance, Failure):
                failures += [value for value in instance.arguments.values() if isinstance(value, Failure)]
        assert failures == []


EXTRA = """
resource "aws_sns_topic" "extra" {
  name         = upper("extra")
  display_name = %s
}
"""


@pytest.mark.parametrize(("expression", "value", "refused"), [('"a"', "a", False), ('"a"', "b", True)])
def test_extra_file_is_evaluated(expression: str, value: str, refused: bool) -> None:
    plan = _plan_with_extra(value)
    assert bool(differences(PLAN, plan, rendered_files(PLAN) | {"extra.tf": EXTRA % expression})) is refused


@pytest.mark.parametrize("is_own", [True, False])
def test_defaults_of_own_resources_are_not_known(is_own: bool) -> None:
    plan = load_plan(PLAN)
    values = {"name": "EXTRA", "display_name": "a", "signature_version": 2}
    _add_extra(plan, values)
    recorded, files = deployment(PLAN), rendered_files(PLAN) | {"extra.tf": EXTRA % '"a"'}
    checked = evaluate_plan(parsed(plan), recorded, files, ["extra.tf"] if is_own else [])
    problems = ["would set signature_version, which the configuration of this deployment does not"]
    assert [each.problem for each in checked.violations] == ([] if is_own else problems)


def test_expression_that_is_not_evaluated_is_a_note() -> None:
    files = rendered_files(PLAN) | {"extra.tf": EXTRA % 'cidrhost("10.0.0.0/8", 1)'}
    [note] = results(PLAN, _plan_with_extra("10.0.0.1"), files)
    assert note == Note(
        "aws_sns_topic.extra",
        "the argument display_name is not compared with the spec: owscale does not evaluate the function cidrhost",
    )


@pytest.mark.parametrize("name", ["extra", "unrelated"])
def test_extra_file_in_json_is_a_note(name: str) -> None:
    content = {
        "resource": {"aws_sns_topic": {name: {"name": "EXTRA", "display_name": "a"}}},
        "terraform": {"required_providers": {"random": {"source": "hashicorp/random"}}},
    }
    files = rendered_files(PLAN) | {"extra.tf.json": json.dumps(content)}
    found = results(PLAN, _plan_with_extra("a"), files)
    note = "the resource is not compared with the spec: owscale does not evaluate Terraform in JSON"
    assert Note(f"aws_sns_topic.{name}", note) in found
    assert [each.address for each in found if isinstance(each, Violation)] == ["aws_sns_topic.extra"] * (
        name != "extra"
    )


def _plan_with_extra(value: str) -> Plan:
    plan = load_plan(PLAN)
    _add_extra(plan, {"name": "EXTRA", "display_name": value})
    return parsed(plan)


def _add_extra(plan: Json, values: Json) -> None:
    resource = ResourceAddress("aws_sns_topic", "extra")
    add_resource(plan, resource, ["create"], values)
    expressions: Json = {"name": {}, "display_name": {}}
    plan["configuration"]["root_module"].setdefault("resources", []).append(
        {
            "address": resource.address,
            "mode": "managed",
            "type": resource.type,
            "name": "extra",
            "provider_config_key": "aws",
            "expressions": expressions,
        }
    )


def test_instances_of_for_each_are_compared() -> None:
    emails = [f"user{number}@example.com" for number in range(100)]
    text = f'resource "aws_sns_topic" "many" {{\n  for_each = toset({json.dumps(emails)})\n  name = each.key\n}}\n'
    plan = load_plan(PLAN)
    for email in emails:
        resource = ResourceAddress("aws_sns_topic", "many", index=f'["{email}"]')
        add_resource(plan, resource, ["create"], {"name": email})
    plan["configuration"]["root_module"].setdefault("resources", []).append(
        {
            "address": "aws_sns_topic.many",
            "mode": "managed",
            "type": "aws_sns_topic",
            "name": "many",
            "provider_config_key": "aws",
            "for_each_expression": {},
            "expressions": {"name": {"references": ["each.key"]}},
        }
    )
    big, files = parsed(plan), rendered_files(PLAN) | {"many.tf": text}
    assert differences(PLAN, big, files) == []
    find_change(plan, f'aws_sns_topic.many["{emails[-1]}"]')["change"]["after"]["name"] = "other"
    assert [each.address for each in differences(PLAN, parsed(plan), files)] == [f'aws_sns_topic.many["{emails[-1]}"]']
