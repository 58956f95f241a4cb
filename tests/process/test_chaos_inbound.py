"""A small run of chaos on what comes in: nothing lost, nothing done twice, each chat in order."""

from pathlib import Path

import pytest

from tests.chaos.inbound import SHORT_INBOUND, TURNS, run_inbound


@pytest.mark.process
def test_a_bot_killed_over_and_over_loses_nothing_that_families_send(
    sqlite_url: str, tmp_path: Path
) -> None:
    verdict = run_inbound(sqlite_url, tmp_path / "school", seed=1, form=SHORT_INBOUND)
    assert verdict.acts == SHORT_INBOUND.students * TURNS
    assert verdict.breaches(probed=False) == [], verdict.notes
