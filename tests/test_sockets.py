"""The tests cannot reach another machine, and can reach this one."""

import socket
import urllib.request

import pytest

from tests.sockets import ClosedSocketError


@pytest.mark.parametrize("address", [("192.0.2.1", 80), ("127.0.0.2", 80)])
def test_other_machines_are_out_of_reach(address: tuple[str, int]) -> None:
    with socket.socket() as plug, pytest.raises(ClosedSocketError):
        plug.connect(address)


def test_names_are_not_looked_up() -> None:
    with pytest.raises(ClosedSocketError):
        urllib.request.build_opener(urllib.request.ProxyHandler({})).open("http://example.org/")


def test_a_datagram_does_not_leave() -> None:
    with socket.socket(type=socket.SOCK_DGRAM) as plug, pytest.raises(ClosedSocketError):
        plug.sendto(b"hello", ("192.0.2.1", 53))


def test_this_machine_is_within_reach() -> None:
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as plug,
    ):
        assert plug.getpeername() == server.getsockname()
