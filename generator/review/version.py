"""One of the two versions of a deployment that are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from owscale.domain.aws import elasticache
from owscale.output.expected import ExpectedFiles
from owscale.spec.deployment import Deployment
from owscale.terraform.config.root_module import RootModule, read_root_module


@dataclass(frozen=True)
class DeploymentVersion:
    """A deployment at one revision, and the function that renders it or a variant of it."""

    deployment: Deployment
    render_variant: Callable[[Deployment], ExpectedFiles]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """The generated files by their path in the folder of the deployment."""
        return {path: file.content for path, file in self.render_variant(self.deployment).files.items()}

    @cached_property
    def root_module(self) -> RootModule:
        """The resources that the generated files declare."""
        texts = {path: content.decode("utf-8", "replace") for path, content in self.files.items()}
        numbers = elasticache.node_numbers(self.deployment.spec.redis.nodes)
        return read_root_module(texts, {"module.redis.node_ids": numbers})
