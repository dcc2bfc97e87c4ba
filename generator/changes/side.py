"""One of the two revisions that are compared."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property

from generator import addresses
from generator.deployment import Deployment
from generator.facts import elasticache
from generator.output import Generated


@dataclass(frozen=True)
class Side:
    """A deployment at one revision, and how to generate one like it."""

    deployment: Deployment
    generate: Callable[[Deployment], Generated]

    @cached_property
    def files(self) -> Mapping[str, bytes]:
        """Every generated file by its path in the deployment's folder."""
        return {path: file.content for path, file in self.generate(self.deployment).files.items()}

    @cached_property
    def root(self) -> addresses.Root:
        """The resources."""
        texts = {path: content.decode("utf-8", "replace") for path, content in self.files.items()}
        numbers = elasticache.node_numbers(self.deployment.spec.redis.nodes)
        return addresses.root(texts, {"module.redis.node_ids": numbers})
