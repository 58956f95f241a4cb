"""A small run of chaos on what goes out: nothing lost, nothing said to be sent that was not."""

from pathlib import Path

import pytest

from tests.chaos.outbound import run_outbound
from tests.chaos.school import SHORT


@pytest.mark.process
@pytest.mark.parametrize("policy", ["resend", "probe"])
def test_kills_storms_and_lost_answers_lose_nothing(
    sqlite_url: str, tmp_path: Path, policy: str
) -> None:
    verdict = run_outbound(sqlite_url, tmp_path, seed=1, unknown=policy, form=SHORT)
    assert verdict.deliveries == SHORT.students * SHORT.days
    assert verdict.breaches(probed=policy == "probe") == []
