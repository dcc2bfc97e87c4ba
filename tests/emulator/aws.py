"""moto, in this process and on the loopback address, with what it lacks for a deployment.

Written against moto 5.2 and hashicorp/aws 5.100. A class here that derives from one of moto's lends it its methods; the
first line of each says what it mends.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import ThreadedMotoServer

from tests.emulator.cache_groups import CacheGroups, Tagging
from tests.emulator.replication_groups import ReplicationGroups, ReplicationGroupStore

_create_service = EC2ContainerServiceResponse.create_service
_update_service = EC2ContainerServiceResponse.update_service
_register_scalable_target = ApplicationAutoScalingResponse.register_scalable_target

_FORGOTTEN = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}


class Services(EC2ContainerServiceResponse):
    """A service forgets some of its arguments."""

    def create_service(self) -> ActionResult:
        answer = _create_service(self)
        _remember(self, self._get_param("serviceName"))
        return answer

    def update_service(self) -> ActionResult:
        answer = _update_service(self)
        _remember(self, self._get_param("service"))
        return answer


def _remember(response: EC2ContainerServiceResponse, name: str) -> None:
    backend: Any = response.ecs_backend
    [service], _ = backend.describe_services(response._get_param("cluster"), [name])
    for parameter, attribute in _FORGOTTEN.items():
        if (value := response._get_param(parameter)) is not None:
            vars(service)[attribute] = value


class ScalableTargets(ApplicationAutoScalingResponse):
    """Scalable targets have no tags."""

    def register_scalable_target(self) -> str:
        answer = _register_scalable_target(self)
        if given := self._get_param("Tags"):
            _tags(self, json.loads(answer)["ScalableTargetARN"]).update(given)
        return answer

    def list_tags_for_resource(self) -> str:
        return json.dumps({"Tags": _tags(self, self._get_param("ResourceARN"))})


def _tags(response: ApplicationAutoScalingResponse, arn: str) -> dict[str, str]:
    of_all: dict[str, dict[str, str]] = vars(response.applicationautoscaling_backend).setdefault("tags_by_arn", {})
    return of_all.setdefault(arn, {})


class Rules(SecurityGroupRule):
    """A rule that names a security group forgets its description."""

    @property
    def description(self) -> str | None:
        return self.ip_range.get("Description") or self.source_group.get("Description")


@contextmanager
def running() -> Iterator[str]:
    """A mended moto on a free port of the loopback address; gives its URL, and stops it."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    with pytest.MonkeyPatch.context() as patch:
        for mended in (
            CacheGroups,
            ReplicationGroups,
            ReplicationGroupStore,
            Rules,
            ScalableTargets,
            Services,
            Tagging,
        ):
            for name, value in vars(mended).items():
                if not name.startswith("__"):
                    patch.setattr(mended.__base__, name, value, raising=False)
        server.start()
        try:
            host, port = server.get_host_and_port()
            yield f"http://{host}:{port}"
        finally:
            server.stop()
