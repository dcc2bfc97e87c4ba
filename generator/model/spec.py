"""The whole spec of one environment, after its overrides."""

from pydantic import Field

from generator.model.accept import Accept
from generator.model.alarms import Alarms
from generator.model.allow import Allow
from generator.model.app import App
from generator.model.autoscaling import Autoscaling
from generator.model.aws import Aws, State
from generator.model.base import Listed, Section, defaults
from generator.model.cost import Cost
from generator.model.custom import Custom
from generator.model.existing import Existing
from generator.model.load_balancer import LoadBalancer
from generator.model.redis import Redis
from generator.model.secrets import Secrets
from generator.model.service import Service
from generator.model.types import DeploymentName, GlobPattern


class Spec(Section):
    """One deployment of Open WebUI in one environment."""

    name: DeploymentName = Field(description="Name of the deployment: the folder under out/.")
    aws: Aws = Field(description="The account and the region.")
    state: State = Field(description="Where Terraform keeps its state.")
    existing: Existing = Field(description="What already runs; it is read and never changed.")
    app: App = Field(description="Open WebUI itself.")
    service: Service = Field(description="The ECS service.")
    autoscaling: Autoscaling = defaults(Autoscaling, "How the number of tasks follows the load.")
    load_balancer: LoadBalancer = Field(description="The internal load balancer.")
    redis: Redis = Field(description="Redis.")
    secrets: Secrets = defaults(Secrets, "The secrets that Terraform makes.")
    alarms: Alarms = defaults(Alarms, "When somebody is called.")
    custom: Custom = defaults(Custom, "Terraform of your own.")
    keep: Listed[GlobPattern] = Field(
        default=(),
        description="Files under out/<name>/<environment>/ that are yours, although owscale would write them: it "
        "neither writes nor removes nor compares them.",
    )
    cost: Cost = defaults(Cost, "What is expected to be used, for the estimate of the cost; it changes nothing in AWS.")
    accept: Accept = Field(
        default_factory=dict,
        description="Warnings that are known and accepted: the code of each, and the reason in 10 characters or more.",
    )
    allow: Allow = Field(
        default_factory=dict,
        description="Resources of this deployment that a plan may destroy, replace or forget although something is "
        "lost with them: the address of each, and the reason in 10 characters or more. See proof.md.",
    )
