"""Close every socket that leads off this machine, for the whole test run."""

import sys
from typing import Any

OPEN_HOSTS = {"127.0.0.1", b"127.0.0.1", "localhost", b"localhost", "", b"", None}


class ClosedSocketError(RuntimeError):
    """A test tried to reach another machine. Give it a fake, or a stand-in on 127.0.0.1."""


def leads_away(event: str, arguments: tuple[Any, ...]) -> bool:
    """Whether this audited event would reach another machine. Unix sockets have no host and stay open."""
    if event in ("socket.connect", "socket.sendto"):
        address = arguments[1]
        return isinstance(address, tuple) and address[0] not in OPEN_HOSTS
    if event in ("socket.getaddrinfo", "socket.gethostbyname"):
        return arguments[0] not in OPEN_HOSTS
    return False


def refuse(event: str, arguments: tuple[Any, ...]) -> None:
    """Audit hook: raise before the socket is used."""
    if event.startswith("socket.") and leads_away(event, arguments):
        raise ClosedSocketError(
            f"A test tried to reach {arguments}; only 127.0.0.1 and Unix sockets are open."
        )


def close_sockets() -> None:
    """From now on this process reaches nothing but itself and its machine."""
    sys.addaudithook(refuse)
