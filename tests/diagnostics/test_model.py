"""Diagnostics as text, and their order."""

from owscale.diagnostics.model import Diagnostic, Related

ERROR = Diagnostic("spec.yaml", 7, 3, "S108", "redis.nodes", "must be at most 6, not 7")


def test_error_has_place_text_and_code() -> None:
    assert str(ERROR) == "spec.yaml:7:3: redis.nodes: must be at most 6, not 7 [S108]"


def test_details_are_related_keys_hint_and_reason_in_this_order() -> None:
    related = (
        Related("spec.yaml", 2, 5, "autoscaling.min"),
        Related("spec.yaml", 1, 1, "service.vcpu", is_default=True),
    )
    warning = ERROR._replace(severity="warning", hint="write 6", related=related, accepted="only for a test")
    assert str(warning).split("\n") == [
        "spec.yaml:7:3: accepted: redis.nodes: must be at most 6, not 7 [S108]",
        "  with: spec.yaml:2:5: autoscaling.min",
        "  with: spec.yaml:1:1: service.vcpu (the default)",
        "  hint: write 6",
        "  reason: only for a test",
    ]


def test_label_names_warnings_and_accepted_warnings() -> None:
    warning = ERROR._replace(severity="warning")
    assert [each.label for each in (ERROR, warning, warning._replace(accepted="known"))] == ["", "warning", "accepted"]


def test_diagnostic_of_a_whole_file_has_no_position() -> None:
    assert str(Diagnostic("spec.yaml", 0, 0, "S101", "", "the spec is empty")) == "spec.yaml: the spec is empty [S101]"


def test_diagnostics_are_sorted_by_position_then_code() -> None:
    later, earlier = ERROR._replace(line=8), ERROR._replace(column=1)
    other_code = ERROR._replace(code="S107")
    assert sorted([later, ERROR, other_code, earlier]) == [earlier, other_code, ERROR, later]
