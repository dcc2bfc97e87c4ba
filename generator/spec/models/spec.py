"""The spec of one environment, after its overrides."""

from pydantic import Field

from owscale.spec.models.accept import Accept
from owscale.spec.models.alarms import Alarms
from owscale.spec.models.allow import Allow
from owscale.spec.models.app import App
from owscale.spec.models.autoscaling import Autoscaling
from owscale.spec.models.aws import Aws, State
from owscale.spec.models.base import FrozenList, Section, defaults
from owscale.spec.models.cost import Cost
from owscale.spec.models.custom import Custom
from owscale.spec.models.existing import Existing
from owscale.spec.models.load_balancer import LoadBalancer
from owscale.spec.models.redis import Redis
from owscale.spec.models.secrets import Secrets
from owscale.spec.models.service import Service
from owscale.spec.models.terraform import TerraformRequirements
from owscale.spec.models.types import DeploymentName, GlobPattern


class Spec(Section):
    """One deployment of Open WebUI in one environment."""

    name: DeploymentName = Field(description="Name of the deployment, and of its folder under `out/`.")
    aws: Aws = Field(description="AWS account and region.")
    state: State = Field(description="S3 backend of the Terraform state.")
    existing: Existing = Field(description="Existing resources, which the deployment reads and never changes.")
    app: App = Field(description="Open WebUI.")
    service: Service = Field(description="ECS service on Fargate.")
    autoscaling: Autoscaling = defaults(Autoscaling, "How the number of tasks follows the load.")
    load_balancer: LoadBalancer = Field(description="Internal Application Load Balancer.")
    redis: Redis = Field(description="ElastiCache replication group for sessions and WebSockets.")
    secrets: Secrets = defaults(Secrets, "Secrets that Terraform creates.")
    alarms: Alarms = defaults(Alarms, "CloudWatch alarms.")
    terraform: TerraformRequirements = defaults(TerraformRequirements, "Requirements of the generated Terraform.")
    custom: Custom = defaults(Custom, "Custom Terraform files and templates.")
    keep: FrozenList[GlobPattern] = Field(
        default=(),
        description="Generated files that you maintain yourself, relative to `out/<name>/<environment>/`. owscale does "
        "not write, remove or check them.",
    )
    cost: Cost = defaults(Cost, "Expected usage for the cost estimate. It changes nothing in AWS.")
    accept: Accept = Field(
        default_factory=dict,
        description="Warnings to accept, and errors about resources that several deployments share: the code of each, "
        "with a reason of at least 10 characters. Every deployment that shares a resource has to accept it. A code and "
        "a key, such as `S330 app.environment.NAME`, accept only the finding there.",
    )
    allow: Allow = Field(
        default_factory=dict,
        description="Effects of a plan that the plan check otherwise rejects: the address of each resource, and the "
        "allowed effects, each with a reason of at least 10 characters. A reason alone allows `loss`.",
    )
