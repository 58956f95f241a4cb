"""A small run of chaos on what goes out: nothing lost, nothing said to be sent that was not."""

from pathlib import Path

import pytest

from tests.chaos.outbound import run_outbound
from tests.chaos.school import SHORT


@pytest.mark.process
def test_kills_storms_and_lost_answers_lose_nothing(sqlite_url: str, tmp_path: Path) -> None:
    verdict = run_outbound(sqlite_url, tmp_path, seed=1, unknown="resend", form=SHORT)
    assert verdict.deliveries == SHORT.students * SHORT.days
    assert verdict.breaches(probed=False) == []
