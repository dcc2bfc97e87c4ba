"""Random specs for property tests."""

from hypothesis import strategies as st

from owscale.spec.models import Spec
from tests.cost.project_spec import PROJECT_SPEC, with_values


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    """Draw a variant of the project's spec that differs in region, sizes and usage."""
    vcpu, memory_gb = draw(st.sampled_from([(0.25, 0.5), (2, 8), (8, 60), (32, 244)]))
    regions = ["us-east-1", "eu-west-2", "eu-central-1", "ap-northeast-2", "af-south-1"]
    return with_values(
        PROJECT_SPEC,
        aws={"region": draw(st.sampled_from(regions))},
        service={"instances": draw(st.integers(1, 100)), "vcpu": vcpu, "memory_gb": memory_gb},
        autoscaling={"max": draw(st.integers(1, 100))},
        redis={"nodes": draw(st.integers(1, 6))},
        cost={"lcus": draw(st.one_of(st.none(), st.floats(0, 1000)))},
    )
