"""Propose a spec for a running Open WebUI: one function for each section of the spec, in its order."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from owscale.discovery.addresses import addresses, database_host, is_loopback, is_private
from owscale.discovery.aws_commands import NAME, access_point_command, file_system_command, store_command
from owscale.discovery.aws_security_groups import spec_name, unique_name
from owscale.discovery.draft import Draft, has_secret
from owscale.discovery.running_service import Found, RunningService
from owscale.discovery.variables import Planned, plan_variables
from owscale.domain import placeholders
from owscale.domain.aws.fargate import MEMORY_GB
from owscale.domain.aws.tags import GENERATED_KEYS, NAME_TAG
from owscale.domain.openwebui import known_faults, releases
from owscale.spec.document import Path, dotted

NEWEST = known_faults.JUDGED_UNTIL
_IMAGE = f"ghcr.io/open-webui/open-webui:v{NEWEST}"
_REPOSITORY = re.compile("[a-z0-9][a-z0-9._:/-]{0,200}")
_SERVICE_SYMBOLS = re.compile(r"[^a-z0-9]+")
_MAX_SERVICE_NAME = 32
_SUFFIX = "-scaled"
_MAX_LISTED = 8
_HTTPS = 443
_MAX_TASKS, _MIN_TASKS, _FIRST_TASKS = 10, 2, 3


@dataclass(frozen=True)
class Choices:
    """Results of the checks of an earlier proposal.

    `faithful`: propose the settings of today, even those that several tasks must not have. `max_tasks` is the number
    that the database has connections for, and `small_pools` whether the pools have the smallest size with which Open
    WebUI works.
    """

    faithful: bool = False
    refused: Mapping[str, str] = field(default_factory=dict)
    max_tasks: int = _MAX_TASKS
    small_pools: bool = False


@dataclass
class Proposal:
    """A draft, and the handling of each variable. `commands` has, by variable, the command that stores its value."""

    draft: Draft
    variables: list[Planned] = field(default_factory=list)
    commands: dict[str, str] = field(default_factory=dict)


def propose(running: RunningService, name: str, given: Mapping[Path, Any], choices: Choices) -> Proposal:
    """Return a spec for a running service, under the name of a deployment."""
    return _Builder(running, name, given, choices).build()


class _Builder:
    def __init__(self, running: RunningService, name: str, given: Mapping[Path, Any], choices: Choices) -> None:
        self._running, self._name, self._choices = running, name, choices
        self._draft = Draft(given, choices.refused, with_secrets=choices.faithful)
        self._proposal = Proposal(self._draft)
        self._variables = list(plan_variables(running.container, faithful=choices.faithful))
        self._proposal.variables = self._variables
        region = running.region.value if running.region else placeholders.REGION
        account = running.account_id.value if running.account_id else placeholders.ACCOUNT
        self._region = str(given.get(("aws", "region"), region))
        self._account = str(given.get(("aws", "account_id"), account))

    def build(self) -> Proposal:
        self._draft.choose(("name",), self._name, "the directory under out/")
        self._aws()
        self._state()
        self._existing()
        self._app()
        self._service()
        self._load_balancer()
        self._redis_and_alarms()
        self._draft.choose(("environments", "production"), {})
        self._draft.comment(
            ("environments",),
            "Each environment may override any key above; `staging` would need its own state.key, service.name, "
            "app.public_url, existing.database and existing.files, and `existing: {service: null}`.",
        )
        self._draft.finish()
        return self._proposal

    def _open(self, path: Path, placeholder: Any, question: str, topic: Path = (), command: str = "") -> None:
        """Open a key; if a part of the account could not be read, the question names the reason."""
        name = dotted(topic or path)
        gap = self._gap(name)
        question = f"{gap}, so it is unknown: {question}" if gap else question
        self._draft.leave_open(path, placeholder, question, topic, command)

    def _gap(self, name: str) -> str:
        """Return why the part of the account that has a key could not be read; "" if it was read."""
        gaps = self._running.gaps
        if name.startswith("state."):
            return ""
        for key, problem in gaps.items():
            if name == key or name.startswith(f"{key}."):
                return problem
        if name == "alarms.notify" and "existing.alarm_topic_arn" in gaps:
            return gaps["existing.alarm_topic_arn"]
        is_of_container = name.startswith(("existing.files.", "existing.database.url", "existing.secrets."))
        return gaps.get("existing.service") or (gaps.get("app", "") if is_of_container else "")

    def _put(self, path: Path, found: Found[Any] | None, placeholder: Any, question: str, command: str = "") -> None:
        if found is None or not self._draft.put(path, _plain(found.value), found.origin, found.confirm):
            self._open(path, placeholder, question, command=command)

    def _put_optional(self, path: Path, found: Found[Any] | None) -> None:
        if found is not None:
            self._draft.put(path, _plain(found.value), found.origin, found.confirm)

    # --- aws, state ---------------------------------------------------------------------------------------------------

    def _aws(self) -> None:
        running = self._running
        region = "the region of the deployment, such as us-east-1; ask the owner of the AWS account"
        self._put(("aws", "region"), running.region, placeholders.REGION, region)
        if running.profile:
            self._draft.put(("aws", "profile"), running.profile, "--profile")
        self._put_optional(("aws", "account_id"), running.account_id)
        if not running.title:
            text = "Optional: profile, an AWS CLI profile; account_id, the only account in which Terraform works."
            self._draft.comment(("aws",), text)
        taken = {key.lower() for key in (*GENERATED_KEYS, NAME_TAG)}
        for key, value in running.tags.items():
            if key.lower() not in taken and self._draft.put(("aws", "tags", key), value, "a tag of the service"):
                taken.add(key.lower())

    def _state(self) -> None:
        question = "the S3 bucket of the Terraform states, with versioning; ask the team that runs Terraform"
        self._open(("state", "bucket"), f"{placeholders.WORD}-terraform-states", question)
        self._draft.choose(("state", "key"), f"production/{self._name}.tfstate")
        self._draft.choose(("state", "use_lockfile"), True, "or dynamodb_table: …")

    # --- existing -----------------------------------------------------------------------------------------------------

    def _existing(self) -> None:
        running = self._running
        self._draft.comment(
            ("existing",), "Read and never changed. Each security group gets one rule, which lets the new tasks in."
        )
        if running.service is None:
            text = "Optional: service, the ECS service that this deployment replaces, and with whose release it starts."
            self._draft.comment(("existing",), text)
        network = "ask the team that runs the network"
        vpc = f"the VPC of the database and the files; {network}"
        self._put(("existing", "vpc"), running.vpc, placeholders.resource_id("vpc"), vpc)
        subnets = f"at least two private subnets, each in an availability zone of its own; {network}"
        self._put(("existing", "private_subnets"), running.subnets, list(placeholders.SUBNETS), subnets)
        cluster = "the ECS cluster for the tasks"
        self._put(("existing", "cluster"), running.cluster, placeholders.WORD, cluster)
        if running.container_insights:
            self._draft.put(("existing", "container_insights"), True, "a setting of the cluster")
        self._put_optional(("existing", "service"), running.service)
        self._service_size()
        self._database()
        self._files()
        for name, peer in running.peers.items():
            self._draft.put(("existing", "peers", name), dict(peer.value), peer.origin, peer.confirm)
        self._named_secret("WEBUI_SECRET_KEY")
        balancer = running.load_balancer
        if balancer and balancer.certificate_arn:
            self._draft.put(("existing", "certificate_arn"), balancer.certificate_arn, f"load balancer {balancer.name}")
        if len(running.alarm_topics) == 1:
            origin = "the topic of the alarms of the service"
            self._draft.put(("existing", "alarm_topic_arn"), running.alarm_topics[0], origin)
        if running.secret_keys:
            keys = list(running.secret_keys)
            self._draft.put(("existing", "secret_kms_key_arns"), keys, "the keys of the secrets")

    def _service_size(self) -> None:
        running, path = self._running, ("existing", "service_size")
        if running.service is None or running.vcpu is None or running.memory_gb is None:
            return
        if running.memory_gb.value not in MEMORY_GB.get(running.vcpu.value, ()):
            return  # its tasks are not on Fargate
        if running.tasks:
            self._put_optional((*path, "instances"), running.tasks)
        self._put_optional((*path, "vcpu"), running.vcpu)
        self._put_optional((*path, "memory_gb"), running.memory_gb)
        if running.architecture and running.architecture.value != "X86_64":
            self._put_optional((*path, "architecture"), running.architecture)

    def _database(self) -> None:
        running, path = self._running, ("existing", "database")
        if not self._named_secret("DATABASE_URL"):
            question = (
                "the ARN of a secret with the whole URL of the database, postgresql://…; this command asks for the "
            )
            question += "URL, stores it and prints the ARN:"
            command = store_command(f"{self._name}/DATABASE_URL", "", self._region_option, running.profile)
            placeholder = self._secret_placeholder("DATABASE_URL")
            self._open((*path, "url_secret_arn"), placeholder, question, command=command)
        candidates = running.databases
        host = database_host(running.container.environment)
        named = [each for each in candidates if host and each.endpoint.lower() == host]
        candidates = named or candidates
        database = candidates[0] if len(candidates) == 1 else None
        group: Found[str] | None = None
        if database:
            is_named = "a variable names its host" if named else "this group admits the tasks"
            origin = database.origin if database.confirm else f"{database.origin}; {is_named}"
            group = Found(database.group, origin, database.confirm)
        question = "the security group of the PostgreSQL database; ask the team that runs it"
        if len(candidates) > 1:
            listed = "; ".join(f"{each.group} of {each.origin}" for each in candidates[:_MAX_LISTED])
            question = f"several databases admit the tasks: {listed}. Ask which one the service uses: its name, or "
            question += "`--database NAME`, selects it"
        self._put((*path, "security_group"), group, placeholders.resource_id("sg"), question)
        if database and database.kind:
            self._draft.put(
                (*path, database.kind), database.name, f"{database.origin}: for the alarm on its connections"
            )
        if database and database.port != 5432:  # noqa: PLR2004 -- the default of PostgreSQL and of the key
            self._draft.put((*path, "port"), database.port, database.origin)
        connections = database.max_connections if database else None
        question = "the result of `SHOW max_connections` in the database"
        self._put((*path, "max_connections"), connections, placeholders.MAX_CONNECTIONS, question)

    def _files(self) -> None:
        running, path = self._running, ("existing", "files")
        volume = running.volume
        file_system = Found(volume.file_system, volume.origin) if volume and volume.file_system else None
        question = "the EFS file system with the uploaded files; where there is none, this command creates one:"
        if volume and not volume.file_system:
            question = f"an EFS file system for the uploaded files: copy them from {volume.kind} before the switch. "
            question += "This command creates a file system:"
        command = file_system_command(self._name, self._region_option, running.profile)
        self._put((*path, "file_system"), file_system, placeholders.resource_id("fs"), question, command)
        directory = (volume.root_directory if volume else "") or "/"
        question = f"an access point of that file system for the directory {directory}; this command creates one:"
        command = ""
        if file_system:
            command = access_point_command(file_system.value, directory, self._region_option, running.profile)
        else:
            question = "an access point of that file system, for the directory of the uploaded files"
        point = running.access_point or (
            Found(volume.access_point, volume.origin) if volume and volume.access_point else None
        )
        self._put((*path, "access_point"), point, placeholders.resource_id("fsap"), question, command)
        question = "the security groups of the mount targets of the file system"
        groups = [placeholders.resource_id("sg", 1)]
        self._put((*path, "security_groups"), running.files_groups, groups, question)

    def _named_secret(self, variable: str) -> bool:
        """Add the key of a secret that all tasks share; returns whether the source has it."""
        for planned in self._variables:
            if planned.name == variable and planned.fate in {"secret", "open"}:
                self._secret(planned)
                return True
        return False

    # --- app ----------------------------------------------------------------------------------------------------------

    def _app(self) -> None:
        container = self._running.container
        self._image()
        if container.registry_credentials:
            path = ("app", "registry_credentials_arn")
            self._draft.put(path, container.registry_credentials, container.origin)
        self._public_url()
        self._processes()
        for planned in self._variables:
            if planned.fate == "plain":
                self._draft.put(planned.path, planned.value, container.origin)
        for planned in self._variables:
            if planned.path[:2] == ("app", "environment") and planned.fate == "open":
                self._draft.leave_open(planned.path, placeholders.WORD, planned.reason)
        for planned in self._variables:
            if planned.path[:2] == ("app", "secrets"):
                self._secret(planned)
        if container.unread:
            self._draft.comment(("app",), *container.unread)

    def _image(self) -> None:
        container, path = self._running.container, ("app", "image")
        is_put = bool(container.image) and self._draft.put(path, container.image, container.origin)
        if is_put:
            return
        question = "the image with the release that runs today (Settings, About): old and new tasks share the database"
        if not container.image:
            question = f"the image and its release, such as {_IMAGE}"
        if container.running_digest and not releases.release(container.image):
            self._draft.left_out.pop("app.image", None)
            head, _, tag = container.image.rpartition(":")
            repository = head if head and "/" not in tag else container.image
            confirm = f"{container.image} may move: this is the image that the task runs; name its release instead"
            self._draft.choose(path, f"{repository}@{container.running_digest}", confirm=confirm)
            return
        repository = container.image.partition("@")[0]
        head, _, tag = repository.rpartition(":")
        repository = head if head and "/" not in tag else repository
        if has_secret(repository, "image") or not _REPOSITORY.fullmatch(repository):
            repository = ""
        self._open(path, f"{repository or _IMAGE.rpartition(':')[0]}:{placeholders.WORD}", question)

    def _public_url(self) -> None:
        path = ("app", "public_url")
        for url, origin, confirm in self._urls():
            if self._draft.put(path, url, origin, confirm):
                return
        question = "the https:// address that users open, without a path; behind a proxy, the address of the proxy"
        self._open(path, f"https://{placeholders.WORD}.example.com", question)

    def _urls(self) -> Iterator[tuple[str, str, str]]:
        """Yield possible addresses for users, the most certain first: address, origin, and the point to confirm."""
        container, balancer = self._running.container, self._running.load_balancer
        for planned in self._variables:
            if planned.name == "WEBUI_URL" and planned.value:
                yield str(planned.value), f"WEBUI_URL, {container.origin}", ""
        origins = container.environment.get("CORS_ALLOW_ORIGIN", "").split(";")
        if len(origins) == 1 and origins[0].startswith("https://"):
            yield origins[0].rstrip("/"), f"CORS_ALLOW_ORIGIN, {container.origin}", ""
        if balancer and len(balancer.hosts) == 1:
            origin = f"a rule of the load balancer {balancer.name}"
            yield f"https://{balancer.hosts[0]}", origin, "is it the address that users open?"

    def _processes(self) -> None:
        """Add the settings of processes, connections and the database of embeddings."""
        origin, vector = self._running.container.origin, ("app", "vector_database")
        for planned in self._variables:
            if planned.fate == "key" and planned.path not in {vector, ("app", "public_url")}:
                self._draft.put(planned.path, planned.value, f"{planned.name}, {origin}")
        names = {planned.name: planned for planned in self._variables}
        if self._choices.faithful and self._running.container.image:
            value = self._running.container.environment.get("ENABLE_DB_MIGRATIONS", "true")
            if value.lower() == "true" and "ENABLE_DB_MIGRATIONS" not in self._running.container.secrets:
                self._draft.put(("app", "migrate_on_start"), True, "ENABLE_DB_MIGRATIONS, or the default of Open WebUI")
        planned_vector = names.get("VECTOR_DB")
        has_value = planned_vector is not None and planned_vector.fate == "key"
        if not self._running.container.image:
            pass
        elif has_value and planned_vector:
            has_value = self._draft.put(vector, planned_vector.value, f"VECTOR_DB, {origin}")
        else:
            has_value = self._draft.put(vector, "chroma", "the default of Open WebUI")
        if not has_value:
            self._draft.left_out.pop(dotted(vector), None)
            today = "all tasks need one outside of them" if self._running.container.image else ""
            self._draft.choose(vector, "pgvector", today)
        if self._choices.small_pools:
            for key, number in (("size", 5), ("max_overflow", 0), ("vector_size", 2)):
                self._draft.choose(("app", "database_pool", key), number, "small, so that two tasks fit the database")

    def _secret(self, planned: Planned) -> None:
        """Add the ARN of a secret, or a placeholder with the command that stores the value."""
        running = self._running
        if planned.fate == "secret" and self._draft.put(planned.path, planned.value, running.container.origin):
            return
        command = planned.secret.copy_command
        if planned.is_plain_secret:
            command = running.container.value_command.replace(NAME, planned.name)
        store = store_command(f"{self._name}/{planned.name}", command, self._region_option, running.profile)
        self._proposal.commands[planned.name] = store
        plain = "a plain variable today, whose value is a secret" if planned.is_plain_secret else ""
        question = (
            f"{planned.reason or plain or 'its ARN is unknown'}; this command stores the value and prints its ARN:"
        )
        if planned.fate == "secret":
            question = "its ARN in the region and account of the deployment; this command stores a new one:"
        self._draft.leave_open(planned.path, self._secret_placeholder(planned.name), question, command=store)

    def _secret_placeholder(self, variable: str) -> str:
        return placeholders.secret_arn(variable, self._region, self._account)

    @property
    def _region_option(self) -> str:
        return "" if self._region == placeholders.REGION else self._region

    # --- service, load balancer and the rest --------------------------------------------------------------------------

    def _service(self) -> None:
        running, path = self._running, ("service",)
        name = running.service.value if running.service else ""
        self._draft.choose((*path, "name"), self._service_name(name), f"beside {name}" if name else "")
        maximum = max(self._choices.max_tasks, 1)
        self._draft.choose((*path, "instances"), min(_FIRST_TASKS, maximum))
        self._size()
        if running.architecture:
            self._put_optional((*path, "architecture"), running.architecture)
        self._put_optional((*path, "ephemeral_storage_gb"), running.ephemeral_storage_gb)
        self._put_optional((*path, "log_retention_days"), running.log_retention_days)
        if running.exec:
            self._draft.put((*path, "exec"), True, "ECS Exec is on today")
        self._egress()
        for arn in running.task_policies:
            policy = unique_name(
                spec_name(arn.rpartition("/")[2], "policy"), self._names_below(*path, "task_policy_arns")
            )
            self._draft.put((*path, "task_policy_arns", policy), arn, "the task role of the service")
        low, high = running.scaling.value if running.scaling else (_MIN_TASKS, _MAX_TASKS)
        origin = f"{running.scaling.origin}: {low} to {high}" if running.scaling else ""
        high = max(min(max(high, _MIN_TASKS), maximum), 1)
        if high < (running.scaling.value[1] if running.scaling else _MAX_TASKS):
            origin = "more tasks would need more connections than the database has"
        self._draft.choose(("autoscaling", "min"), min(max(low, _MIN_TASKS), high))
        self._draft.choose(("autoscaling", "max"), high, origin)
        self._draft.choose(("autoscaling", "cpu_percent"), 70)

    def _size(self) -> None:
        """Add the size of a task: the smallest size of Fargate that is at least as large as today's tasks."""
        running = self._running
        vcpu, memory = running.vcpu, running.memory_gb
        if vcpu is None or memory is None:
            self._draft.choose(("service", "vcpu"), 2)
            self._draft.choose(("service", "memory_gb"), 8)
            return
        if memory.value in MEMORY_GB.get(vcpu.value, ()) or self._choices.faithful:
            self._draft.put(("service", "vcpu"), vcpu.value, vcpu.origin)
            self._draft.put(("service", "memory_gb"), memory.value, memory.origin)
            return
        sizes = ((cpu, gb) for cpu, options in MEMORY_GB.items() for gb in options)
        cpu, gb = next((each for each in sizes if each[0] >= vcpu.value and each[1] >= memory.value), (32, 244))
        confirm = f"today {vcpu.value:.4g} vCPU and {memory.value:.4g} GiB, which Fargate does not have"
        self._draft.choose(("service", "vcpu"), cpu, confirm=confirm)
        self._draft.choose(("service", "memory_gb"), gb)

    def _service_name(self, replaced: str) -> str:
        base = _SERVICE_SYMBOLS.sub("-", replaced.lower()).strip("-").removeprefix("internal-").removeprefix("sg-")
        if not base[:1].isalpha() or has_secret(base, "name"):
            return self._name[:_MAX_SERVICE_NAME].rstrip("-")
        return f"{base[: _MAX_SERVICE_NAME - len(_SUFFIX)].rstrip('-')}{_SUFFIX}"

    def _egress(self) -> None:
        """Add `egress` for servers in variables that are neither peers nor on port 443."""
        running = self._running
        plain = {each.name: str(each.value) for each in self._variables if each.fate == "plain"}
        reached = running.unknown_addresses if running.vpc else addresses(plain)
        entries = [
            each for each in reached if each.variable in plain and each.port != _HTTPS and not is_loopback(each.host)
        ]
        if not entries:
            return
        path = ("service", "egress")
        self._draft.choose((*path, "https"), {"cidr": "0.0.0.0/0"})
        for address in dict.fromkeys((each.host, each.port) for each in entries):
            host, port = address
            variable = next(each.variable for each in entries if (each.host, each.port) == address)
            name = unique_name(
                spec_name(variable if is_private(host) else host.partition(".")[0]), self._names_below(*path)
            )
            if is_private(host) and "." in host:
                entry = {"cidr": f"{host}/32", "port": port}
                self._draft.put((*path, name), entry, f"{variable}, {running.container.origin}")
                continue
            question = f"the address range of {host}, which {variable} names"
            self._draft.leave_open((*path, name, "cidr"), placeholders.CIDR, question)
            self._draft.put((*path, name, "port"), port)

    def _names_below(self, *path: str) -> set[str]:
        return {str(each[len(path)]) for each in self._draft.entries if each[: len(path)] == path}

    def _load_balancer(self) -> None:
        balancer, path = self._running.load_balancer, ("load_balancer",)
        allowed = (*path, "allow_from")
        if balancer:
            for name, source in balancer.sources.items():
                self._draft.put((*allowed, name), source, f"load balancer {balancer.name}")
            if self._choices.faithful and balancer.is_open:
                self._draft.put((*allowed, "everyone"), {"cidr": "0.0.0.0/0"}, f"load balancer {balancer.name}")
        if not any(each[: len(allowed)] == allowed for each in self._draft.entries):
            question = (
                "the address range that may connect, such as the range of the VPN or of a proxy; others are blocked"
            )
            self._open((*allowed, "vpn", "cidr"), placeholders.CIDR, question, allowed)
        if not (balancer and balancer.certificate_arn):
            confirm = (
                "proxy, if a proxy in front serves HTTPS to browsers; load_balancer needs existing.certificate_arn"
            )
            self._draft.choose((*path, "tls_termination"), "proxy", confirm=confirm)
        if not balancer:
            return
        origin = f"load balancer {balancer.name}"
        for key in ("idle_timeout_seconds", "stickiness_seconds", "deregistration_delay_seconds"):
            value = getattr(balancer, key)
            if value is not None and not self._draft.put((*path, key), value, origin):
                self._draft.comment((*path,), f"{key}: {value} today, which is refused; the default applies")

    def _redis_and_alarms(self) -> None:
        self._draft.choose(("redis", "node_type"), "cache.t4g.small")
        self._draft.choose(("redis", "nodes"), 2, "the second takes over when the first fails")
        if len(self._running.alarm_topics) == 1 and "existing.alarm_topic_arn" not in self._choices.refused:
            self._draft.choose(("alarms", "cpu_percent"), 85)
            return
        question = "the address that the alarms notify; each recipient must confirm once"
        if self._running.alarm_topics:
            listed = ", ".join(self._running.alarm_topics[:_MAX_LISTED])
            question += f". Or write one of today's topics as existing.alarm_topic_arn: {listed}"
        self._open(("alarms", "notify"), [f"{placeholders.WORD}@example.com"], question)


def _plain(value: Any) -> Any:
    """Return a value as YAML has it."""
    if isinstance(value, tuple):
        return list(value)
    return int(value) if isinstance(value, float) and value.is_integer() else value
