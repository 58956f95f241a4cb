"""What every test may count on: no network, both databases, a word about missing tools."""

from tests.network_guard import close_the_network

pytest_plugins = ["tests.gates", "tests.databases"]


def pytest_configure() -> None:
    close_the_network()
