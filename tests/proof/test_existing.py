"""Every existing thing, in every way that a plan could touch it: each of these plans is refused."""

from collections.abc import Iterator
from typing import Any

import pytest

from generator.proof.protected import Protected
from generator.proof.types import TAGS, TYPES
from tests.proof.plans import ACTIONS, Json, Place, add, load, proof
from tests.proof.things import CHANGERS, arn, cluster, resource_of, spellings, things

PLAN = "everything-exists"  # everything that a spec can say to be there already
MODULES = ((), ("existing",), ("network",), ("extra", "deeper"))


def refused(plan: Json, address: str, **allow: str) -> bool:
    """Whether the plan is refused for what stands at the address, and not for being altered."""
    found = [each for each in proof(PLAN, plan, **allow).violations if each.address == address]
    assert {each.rule for each in found} <= {"existing", "group rule", "unknown type", "unknown value"}
    return any(each.rule in ("existing", "group rule") for each in found)


def _each_thing() -> list[Any]:
    return [pytest.param(thing, id=f"{thing.key}-{number}") for number, thing in enumerate(things(PLAN))]


def test_all_kinds_are_there() -> None:
    assert {thing.kind for thing in things(PLAN)} == CHANGERS.keys() - {"policy"}


@pytest.mark.parametrize("thing", _each_thing())
@pytest.mark.parametrize("action", ACTIONS)
def test_thing_itself(thing: Protected, action: str) -> None:
    type_name, values = resource_of(thing)
    for module in MODULES:
        plan, place = load(PLAN), Place(type_name, module=module)
        add(plan, place, ACTIONS[action], values)
        assert refused(plan, place.address, **{place.address: "somebody thinks that it is fine"})


@pytest.mark.parametrize("thing", _each_thing())
def test_thing_itself_imported(thing: Protected) -> None:
    type_name, values = resource_of(thing)
    for values_shown in (values, {}):
        plan, place = load(PLAN), Place(type_name, index='["one"]')
        imported = values["id"] if thing.kind != "service" else f"{cluster()}/{thing.id}"
        add(plan, place, ["no-op"], values_shown, importing={"id": imported})
        assert refused(plan, place.address)


@pytest.mark.parametrize("thing", _each_thing())
def test_thing_itself_moved(thing: Protected) -> None:
    type_name, values = resource_of(thing)
    plan, place = load(PLAN), Place(type_name)
    add(plan, place, ["no-op"], values)
    plan["resource_changes"][-1]["previous_address"] = f"{type_name}.before"
    assert refused(plan, place.address)


@pytest.mark.parametrize("thing", _each_thing())
@pytest.mark.parametrize("part", ["resource_drift", "deferred_changes"])
def test_thing_in_another_part(thing: Protected, part: str) -> None:
    type_name, values = resource_of(thing)
    plan, place = load(PLAN), Place(type_name)
    other = load(PLAN)
    add(other, place, ["update"], values)
    entry = other["resource_changes"][-1]
    plan[part] = [entry if part == "resource_drift" else {"reason": "x", "resource_change": entry}]
    assert any(each.rule == "existing" for each in proof(PLAN, plan).violations if each.address == place.address)


@pytest.mark.parametrize("thing", _each_thing())
@pytest.mark.parametrize("part", ["prior_state", "planned_values"])
def test_thing_in_a_state_alone(thing: Protected, part: str) -> None:
    """As when the change of a resource says less than the state."""
    type_name, values = resource_of(thing)
    plan, place = load(PLAN), Place(type_name)
    add(plan, place, ["no-op"], values)
    change = plan["resource_changes"][-1]["change"]
    change["before"] = change["after"] = {"id": "elsewhere"}
    state = plan[part].get("values", plan[part])["root_module"]["resources"]
    other = plan["planned_values" if part == "prior_state" else "prior_state"]
    other.get("values", other)["root_module"]["resources"][-1]["values"] = {"id": "elsewhere"}
    assert state[-1]["values"] == values
    assert any(each.rule == "existing" for each in proof(PLAN, plan).violations if each.address == place.address)


def _changers() -> Iterator[Any]:
    for number, thing in enumerate(things(PLAN)):
        for type_name, argument in CHANGERS[thing.kind]:
            yield pytest.param(thing, type_name, argument, id=f"{thing.key}-{number}-{type_name}")


@pytest.mark.parametrize(("thing", "type_name", "argument"), list(_changers()))
def test_thing_changed_by_another_resource(thing: Protected, type_name: str, argument: str) -> None:
    for spelling in sorted(spellings(thing)):
        if thing.kind == "service" and spelling == thing.id:
            continue  # no argument of these takes a service without its cluster
        for action, actions in ACTIONS.items():
            plan, place = load(PLAN), Place(type_name, module=("network",))
            value = [spelling] if argument.endswith("s") else spelling
            add(plan, place, actions, {"id": "its-own", argument: value})
            assert refused(plan, place.address, **{place.address: "somebody allows it"}), (spelling, action)


def _arguments() -> Iterator[Any]:
    seen = set()
    for change in load(PLAN)["resource_changes"]:
        if change["mode"] == "managed" and change["type"] not in seen:
            seen.add(change["type"])
            yield pytest.param(change["address"], change["type"], id=change["type"])


@pytest.mark.parametrize(("address", "type_name"), list(_arguments()))
def test_no_argument_names_what_it_should_not(address: str, type_name: str) -> None:
    """Each argument of each real resource is given everything that it has no business with."""
    known = TYPES[type_name]
    plan = load(PLAN)
    (change,) = [each["change"] for each in plan["resource_changes"] if each["address"] == address]
    for argument in change["after"].keys() - set(TAGS):
        kept = change["after"][argument]
        wrong = [thing for thing in things(PLAN) if thing.kind not in known.refers.get(argument, ())]
        change["after"][argument] = {"nested": [{"deeper": f"a {_unmistakable(thing)} ."} for thing in wrong]}
        found = {each.protected for each in proof(PLAN, plan).violations if each.address == address}
        assert found >= {thing.key for thing in wrong}, argument
        change["after"][argument] = kept


def _unmistakable(thing: Protected) -> str:
    """A spelling that means nothing else, wherever it stands."""
    return max((spelling for spelling in spellings(thing) if thing.mentioned_in(spelling)), key=len)


@pytest.mark.parametrize(
    "kind", ["aws_rds_cluster", "aws_db_instance", "aws_efs_mount_target", "aws_vpc", "aws_kms_key"]
)
@pytest.mark.parametrize("action", ACTIONS)
def test_type_of_which_we_own_nothing(kind: str, action: str) -> None:
    """The spec has no id of the database cluster, and needs none."""
    plan, place = load(PLAN), Place(kind)
    add(plan, place, ACTIONS[action], {"id": "nobody-knows-it"})
    assert refused(plan, place.address, **{place.address: "somebody allows it"})


def test_services_are_told_apart_by_their_cluster() -> None:
    plan, place = load(PLAN), Place("aws_ecs_service")
    service = {"id": arn("ecs", "service/other/webui3"), "cluster": arn("ecs", "cluster/other"), "name": "webui3"}
    add(plan, place, ["create"], service)
    assert proof(PLAN, plan).proved
    for cluster_value in (None, "", arn("ecs", f"cluster/{cluster()}")):
        plan = load(PLAN)
        add(plan, place, ["create"], service | {"id": "x", "cluster": cluster_value})
        assert refused(plan, place.address)


def test_a_longer_name_is_another_thing() -> None:
    plan = load(PLAN)
    add(plan, Place("aws_appautoscaling_target"), ["create"], {"resource_id": f"service/{cluster()}/webui3-other"})
    add(plan, Place("aws_s3_bucket"), ["create"], {"bucket": "gg-ai-terraform-states-2"})
    assert proof(PLAN, plan).proved
