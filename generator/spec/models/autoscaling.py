"""Autoscaling: how the number of tasks follows the load."""

from pydantic import Field

from owscale.spec.models.base import Section, defaults


class HighCpu(Section):
    """Step scaling policy that the CPU alarm triggers."""

    instances: int = Field(default=2, ge=1, le=50, description="Number of tasks that one step adds.")
    cooldown_seconds: int = Field(default=300, ge=0, le=3600, description="Time between two steps, in seconds.")


class Autoscaling(Section):
    """Target tracking on CPU and, if set, on memory. A step scaling policy adds tasks when the load rises fast."""

    enabled: bool = Field(default=True, description="Whether the number of tasks follows the load.")
    min: int = Field(default=2, ge=1, le=100, description="Minimum number of tasks.")
    max: int = Field(default=10, ge=1, le=100, description="Maximum number of tasks.")
    cpu_percent: int = Field(
        default=70, ge=10, le=95, description="Target for the average CPU utilization of the tasks, in percent."
    )
    memory_percent: int | None = Field(
        default=None,
        ge=10,
        le=95,
        description="Target for the average memory utilization of the tasks, in percent. If omitted, memory does not "
        "scale.",
    )
    scale_in_cooldown_seconds: int = Field(
        default=300, ge=0, le=3600, description="Time between two removals of tasks, in seconds."
    )
    scale_out_cooldown_seconds: int = Field(
        default=300, ge=0, le=3600, description="Time between two additions of tasks, in seconds."
    )
    high_cpu: HighCpu = defaults(HighCpu, "Step scaling policy that the CPU alarm (`alarms.cpu_percent`) triggers.")
