"""The plan is whole, and it is one of this deployment."""

from collections.abc import Iterator

from generator.plan.configuration import constant
from generator.plan.model import KINDS, Change
from generator.proof.result import Violation
from generator.proof.subject import Subject, texts

_AWS = "registry.terraform.io/hashicorp/aws"
_NEWER = "use a newer owscale"
_AGAIN = "make the plan again, of the whole deployment"


def plan_is_whole(subject: Subject) -> Iterator[Violation]:
    """What is wrong with the plan itself; each is a reason to believe nothing of it."""
    plan = subject.plan
    if plan.format_version.partition(".")[0] != "1":
        yield _plan("is in a format that is not known here", "it may say more than is read", _NEWER)
    if plan.errored:
        yield _plan("ended with an error", "Terraform stopped before it had seen everything", "mend it, and plan again")
    if not plan.complete:
        why = "-target, -exclude or a deferral left something out, and nobody can tell what"
        yield _plan("is not complete", why, _AGAIN)
    for part in plan.more:
        yield _plan(f"has a part {part}", "it holds something that is not known here", _NEWER)
    for change in plan.deferred:
        yield _plan("is put off to a later plan", "what will happen to it cannot be seen", _AGAIN, change.address)
    for address in plan.configuration.provisioners():
        why = "a provisioner runs commands, and no plan shows what they do"
        yield _plan("has a provisioner", why, "take the provisioner out", address)
    for change in (*plan.changes, *plan.drift):
        yield from _action(change)
    yield from _agrees_with_itself(subject)


def _action(change: Change) -> Iterator[Violation]:
    if change.kind is None or change.actions not in KINDS:
        yield _plan("has actions that are not known here", "they may do anything", _NEWER, change.address)
    elif change.mode not in ("data", "managed"):
        yield _plan("is of a mode that is not known here", "it may do anything", _NEWER, change.address)
    elif change.mode == "data" and change.kind not in ("read", "nothing"):
        yield _plan("is a data source and not only read", "there is no such plan", _AGAIN, change.address)
    elif change.mode == "managed" and change.kind == "read":
        yield _plan("is a resource and only read", "there is no such plan", _AGAIN, change.address)
    elif change.moved and _type(change.previous_address) != change.type:
        why = "what it holds is read in another way from then on"
        yield _plan(f"would become an {change.type}", why, "move it within its type", change.address)


def _type(address: str) -> str:
    parts = address.split(".")
    return parts[-2] if len(parts) > 1 else ""


def _agrees_with_itself(subject: Subject) -> Iterator[Violation]:
    plan = subject.plan
    told = {address for change in plan.managed() for address in (change.address, change.previous_address)}
    stays = {change.address for change in plan.managed() if change.kind not in ("delete", "forget")}
    state = {resource.address for resource in plan.state if resource.mode != "data"}
    planned = {resource.address for resource in plan.planned if resource.mode != "data"}
    for address in sorted(state - told):
        yield _plan("is in the state, and the plan does not say what becomes of it", "it is not whole", _AGAIN, address)
    for address in sorted(planned ^ stays):
        yield _plan("is planned in one place and not in another", "the plan contradicts itself", _AGAIN, address)


def plan_is_of_this_deployment(subject: Subject) -> Iterator[Violation]:
    """What shows that the plan is of another deployment, or does not show that it is of this one."""
    spec = subject.spec
    provider = subject.plan.configuration.providers.get("aws", {})
    expressions = provider.get("expressions")
    expressions = expressions if isinstance(expressions, dict) else {}
    if provider.get("full_name") != _AWS or constant(expressions.get("region")) != spec.aws.region:
        yield _other("its provider is not hashicorp/aws in aws.region")
    tags = {"Deployment": spec.name, "Environment": subject.environment} | spec.aws.tags
    for name in ("Deployment", "Environment"):
        if _default_tags(expressions).get(name) != tags[name]:
            yield _other(f"the tag {name} of its resources is not this deployment's")
    if spec.aws.account_id and constant(expressions.get("allowed_account_ids")) != [spec.aws.account_id]:
        yield _other("its provider may work in another account than aws.account_id")
    if not set(texts(_constants(subject))) <= _ids(subject):
        yield _other("its module existing reads something that the spec does not have under existing")


def _default_tags(expressions: dict[str, object]) -> dict[object, object]:
    match expressions.get("default_tags"):
        case [dict() as block]:
            tags = constant(block.get("tags"))
            return tags if isinstance(tags, dict) else {}
    return {}


def _constants(subject: Subject) -> list[object]:
    return [constant(value) for value in subject.plan.configuration.arguments("existing").values()]


def _ids(subject: Subject) -> set[str]:
    return {thing.id for thing in subject.protected}


def _plan(what: str, why: str, hint: str, address: str = "") -> Violation:
    return Violation(address, "plan", what, why, hint)


def _other(why: str) -> Violation:
    return _plan("is not one of this deployment", why, "plan in the root of this deployment, after make generate")
