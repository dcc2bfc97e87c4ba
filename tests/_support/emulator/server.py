"""moto on the loopback address, in this process, with additions that a deployment needs.

Written for moto 5.2 and hashicorp/aws 5.100. Each class derives from a class of moto, and its methods replace or extend
those of that class while the server runs.
"""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.request import Request, urlopen

import pytest
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroupRule
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.server import ThreadedMotoServer
from werkzeug.serving import WSGIRequestHandler

from tests._support.emulator.cache_groups import CacheGroups, CacheTags
from tests._support.emulator.replication_groups import ReplicationGroups, ReplicationGroupStore

_create_service = EC2ContainerServiceResponse.create_service
_update_service = EC2ContainerServiceResponse.update_service
_register_scalable_target = ApplicationAutoScalingResponse.register_scalable_target

_MISSING_ATTRIBUTES = {
    "availabilityZoneRebalancing": "availability_zone_rebalancing",
    "deploymentConfiguration": "deployment_configuration",
    "enableECSManagedTags": "enable_ecs_managed_tags",
    "enableExecuteCommand": "enable_execute_command",
    "healthCheckGracePeriodSeconds": "health_check_grace_period_seconds",
}


class Services(EC2ContainerServiceResponse):
    """Services with all their arguments; moto drops some."""

    def create_service(self) -> ActionResult:
        response = _create_service(self)
        _store_attributes(self, self._get_param("serviceName"), {})
        return response

    def update_service(self) -> ActionResult:
        name = self._get_param("service")
        before = dict(vars(_service(self, name)).get("deployment_configuration") or {})
        response = _update_service(self)
        _store_attributes(self, name, before)
        return response


def _service(response: EC2ContainerServiceResponse, name: str) -> Any:
    backend: Any = response.ecs_backend
    [service], _ = backend.describe_services(response._get_param("cluster"), [name])
    return service


def _store_attributes(response: EC2ContainerServiceResponse, name: str, configuration: dict[str, Any]) -> None:
    """Store what moto drops. Of `deploymentConfiguration`, the provider sends only the members that change."""
    service = _service(response, name)
    for parameter, attribute in _MISSING_ATTRIBUTES.items():
        if (value := response._get_param(parameter)) is not None:
            vars(service)[attribute] = configuration | value if parameter == "deploymentConfiguration" else value


class ScalableTargets(ApplicationAutoScalingResponse):
    """Scalable targets with tags."""

    def register_scalable_target(self) -> str:
        response = _register_scalable_target(self)
        if tags := self._get_param("Tags"):
            _tags(self, json.loads(response)["ScalableTargetARN"]).update(tags)
        return response

    def list_tags_for_resource(self) -> str:
        return json.dumps({"Tags": _tags(self, self._get_param("ResourceARN"))})


def _tags(response: ApplicationAutoScalingResponse, arn: str) -> dict[str, str]:
    tags_by_arn: dict[str, dict[str, str]] = vars(response.applicationautoscaling_backend).setdefault("tags_by_arn", {})
    return tags_by_arn.setdefault(arn, {})


class SecurityGroupRules(SecurityGroupRule):
    """Rules with a description also where they name a security group."""

    @property
    def description(self) -> str | None:
        return self.ip_range.get("Description") or self.source_group.get("Description")


@contextmanager
def additions() -> Iterator[None]:
    """Extend moto in this process."""
    classes = (
        *(CacheGroups, CacheTags, ReplicationGroups, ReplicationGroupStore),
        *(ScalableTargets, SecurityGroupRules, Services),
    )
    with pytest.MonkeyPatch.context() as patch:
        for addition in classes:
            for name, value in vars(addition).items():
                if not name.startswith("__"):
                    patch.setattr(addition.__base__, name, value, raising=False)
        yield


_running: list[ThreadedMotoServer] = []


@contextmanager
def running() -> Iterator[str]:
    """Run moto with the additions on a free port of the loopback address, and yield its URL.

    It begins without resources. All servers of a process would share them, so only one runs at a time.
    """
    assert not _running, "another server of this process runs"
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    with additions(), pytest.MonkeyPatch.context() as patch:
        # The whole response in one packet: https://github.com/aws/aws-sdk-go-v2/issues/2737
        patch.setattr(WSGIRequestHandler, "wbufsize", -1)
        server.start()
        _running.append(server)
        try:
            host, port = server.get_host_and_port()
            url = f"http://{host}:{port}"
            urlopen(Request(f"{url}/moto-api/reset", method="POST")).close()  # noqa: S310 -- of this process
            yield url
        finally:
            server.stop()
            _running.remove(server)
