"""Which processes of a test run run tests: the one that leads workers runs none itself."""

import pytest


def leaves_it_to_workers(config: pytest.Config) -> bool:
    """Say whether this process runs no test itself."""
    return bool(config.getoption("numprocesses", None)) and not hasattr(config, "workerinput")
