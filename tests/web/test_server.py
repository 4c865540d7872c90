"""The server itself: connections that say nothing do not keep others waiting."""

from __future__ import annotations

import http.client
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from reports.web.app import build_server
from tests.web.conftest import Desk


@pytest.fixture(scope="module")
def port(desk: Desk) -> Iterator[int]:
    server = build_server(desk.app, "127.0.0.1", 0)
    server.prepare()
    thread = threading.Thread(target=server.serve, daemon=True)
    thread.start()
    yield int(server.bind_addr[1])
    server.stop()
    thread.join(timeout=30)


def asked(port: int) -> tuple[int, str, float]:
    """Status, server and seconds of one request for the sign-in page."""
    began = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=9)
    connection.request("GET", "/login", headers={"Host": "127.0.0.1"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer.status, answer.headers["Server"], time.monotonic() - began


def opened(port: int, count: int, said: bytes = b"") -> list[socket.socket]:
    found = []
    for _ in range(count):
        connection = socket.create_connection(("127.0.0.1", port))
        connection.sendall(said)
        found.append(connection)
    return found


def test_many_silent_connections_do_not_keep_others_waiting(port: int) -> None:
    silent = opened(port, 450)
    status, _, seconds = asked(port)
    assert status == 200 and seconds < 5
    for connection in silent:
        connection.close()


def test_a_request_that_never_ends_is_cut_off(port: int) -> None:
    slow = opened(port, 1, b"GET /login HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ")[0]
    began = time.monotonic()
    slow.settimeout(1)
    answer = b""
    while not answer and time.monotonic() - began < 15:
        try:
            slow.sendall(b"a")
            answer = slow.recv(100)
        except TimeoutError:
            continue
    assert b"408" in answer
    assert time.monotonic() - began < 14


def test_the_server_does_not_name_its_software(port: int) -> None:
    assert asked(port)[1] == "Mingbai"
