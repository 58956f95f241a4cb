"""The guard lets a test reach its own machine and nothing else."""

import socket

import pytest

from tests.network_guard import NetworkForbiddenError, is_local


@pytest.mark.parametrize("host", ["127.0.0.1", "::1", "localhost", b"", None])
def test_this_machine_is_local(host: object) -> None:
    assert is_local(host)


@pytest.mark.parametrize("host", ["192.0.2.1", "2001:db8::1", "example.org", b"example.net"])
def test_other_machines_are_not(host: object) -> None:
    assert not is_local(host)


def test_a_socket_on_this_machine_may_connect() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as caller,
        server.accept()[0] as answered,
    ):
        caller.sendall(b"x")
        assert answered.recv(1) == b"x"


def test_a_socket_to_elsewhere_is_refused() -> None:
    with pytest.raises(NetworkForbiddenError, match=r"192\.0\.2\.1"):
        socket.create_connection(("192.0.2.1", 80))


def test_a_name_elsewhere_is_not_even_looked_up() -> None:
    with pytest.raises(NetworkForbiddenError, match=r"example\.org"):
        socket.getaddrinfo("example.org", 80)


def test_a_datagram_to_elsewhere_is_refused() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as sender, pytest.raises(NetworkForbiddenError):
        sender.sendto(b"x", ("192.0.2.1", 9))
