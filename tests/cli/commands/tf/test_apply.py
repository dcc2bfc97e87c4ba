"""What an apply examines again after its question was answered."""

from types import SimpleNamespace
from typing import Any

import pytest

from owscale.cli.commands.tf import _apply_plan, _create_plan, apply
from owscale.errors import OwscaleError
from owscale.upgrade.record import RecordedUpgrade

_OPEN = RecordedUpgrade("new:2", "the database was migrated for new:2", "go on")


@pytest.mark.parametrize("later", [RecordedUpgrade(), RecordedUpgrade(None, "is being taken back", "go on")])
def test_record_that_changed_during_the_question_ends_the_apply(
    later: RecordedUpgrade, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = [_OPEN]
    session: Any = SimpleNamespace(
        root="out/chat",
        deployment=None,
        backend=SimpleNamespace(plan_command="owscale tf plan"),
        command=lambda *_: "",
    )
    record = SimpleNamespace(destroys=False, changes=True)
    plan: Any = SimpleNamespace(plan=None, check=None, parts=(), record=record, upgrade=_OPEN)

    def answer(*_: Any, **__: Any) -> bool:
        records.append(later)
        return True

    applied: list[object] = []
    monkeypatch.setattr(apply, "open_session", lambda *_: session)
    monkeypatch.setattr(apply, "load_saved_plan", lambda _: plan)
    monkeypatch.setattr(apply, "format_result", lambda *_: "")
    monkeypatch.setattr(_create_plan, "recorded_upgrade", lambda *_: records[-1])
    monkeypatch.setattr(_apply_plan, "require_passed_check", lambda *_: None)
    monkeypatch.setattr(_apply_plan, "require_current_state", lambda *_: None)
    monkeypatch.setattr(_apply_plan, "confirm", answer)
    monkeypatch.setattr(_apply_plan, "apply_saved_plan", lambda *_: applied.append(1))
    output: Any = SimpleNamespace(result=lambda _: None, status=lambda *_, **__: None)
    options: Any = SimpleNamespace(paths=None, env=None, lock_timeout=0, terraform="terraform", yes=False)
    with pytest.raises(OwscaleError, match="the record of the upgrade has changed since the plan check"):
        apply.run(options, output)
    assert not applied
