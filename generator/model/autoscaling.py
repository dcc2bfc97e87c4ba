"""How the number of tasks follows the load."""

from pydantic import Field

from generator.model.base import Section, defaults


class HighCpu(Section):
    """The step that the high-CPU alarm triggers."""

    instances: int = Field(default=2, ge=1, le=50, description="Tasks added at once.")
    cooldown_seconds: int = Field(default=300, ge=0, le=3600, description="Time before the next step.")


class Autoscaling(Section):
    """Target tracking on CPU, on memory as a choice, and a step for surges."""

    enabled: bool = Field(default=True, description="Whether the number of tasks follows the load.")
    min: int = Field(default=2, ge=1, le=100, description="Fewest tasks.")
    max: int = Field(default=10, ge=1, le=100, description="Most tasks.")
    cpu_percent: int = Field(default=70, ge=10, le=95, description="Average CPU to hold.")
    memory_percent: int | None = Field(
        default=None, ge=10, le=95, description="Average memory to hold. Left out: memory does not scale."
    )
    scale_in_cooldown_seconds: int = Field(default=300, ge=0, le=3600, description="Time between two removals.")
    scale_out_cooldown_seconds: int = Field(default=300, ge=0, le=3600, description="Time between two additions.")
    high_cpu: HighCpu = defaults(HighCpu, "The step that the high-CPU alarm triggers.")
