"""Which engine plans: numpy for schools, the compiled one for many, where there is a compiler."""

import importlib.util

import pytest

from scheduler.nation import engines


def test_a_school_is_planned_by_numpy() -> None:
    assert engines.engine_for(engines.MANY - 1).name == "numpy"


def test_a_nation_is_planned_by_the_compiled_rules() -> None:
    found = "numba" if importlib.util.find_spec("numba") else "numpy"
    assert engines.engine_for(engines.MANY).name == found


def test_without_a_compiler_numpy_plans_a_nation(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(engines, "find_spec", lambda _name: None)
    assert engines.engine_for(3_400_000).name == "numpy"


def test_there_is_at_least_one_processor() -> None:
    assert engines.threads() >= 1
