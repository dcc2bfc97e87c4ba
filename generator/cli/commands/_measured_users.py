"""Tell how many users the tasks of a project served in a measurement."""

from pathlib import Path

from owscale.cli.messages import find_project
from owscale.cli.output import Output
from owscale.domain.openwebui import measured_load
from owscale.workflow.pipeline import load_specs

KEYS = ("app.threads", "app.workers", "autoscaling.max", "autoscaling.min", "service.instances", "service.vcpu")
"""Keys that set the size of a deployment."""


def describe_measured_users(spec: Path | None, out: Path | None, output: Output) -> dict[str, str]:
    """Return a sentence for each valid deployment that is within the conditions of the measurement."""
    paths = find_project(spec, out, output)
    deployments = load_specs(paths.spec).deployments if paths.spec.exists() else []
    measurements = {each.deployment.folder: measured_load.measurement_of(each.deployment.spec) for each in deployments}
    return {str(name): _sentence(found) for name, found in measurements.items() if found}


def _sentence(found: measured_load.Measurement) -> str:
    return (
        f"{found.users} users of each task by measurement: they ask a model, read for 5 s, and ask again 10 s later; "
        f"no failure, and half of the answers at most {found.delay_seconds:.2f} s late"
    )
