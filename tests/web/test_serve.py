"""``mingbai serve`` as a person meets it: it says where it is, and stops when asked."""

from __future__ import annotations

import http.client
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import NOW
from tests.house import build_house


@pytest.fixture
def federation(tmp_path: Path) -> Path:
    house = build_house(tmp_path / "federation", url="sqlite:///registry.db", now=NOW)
    house.registry.close()
    return house.registry.folder


def command(federation: Path, *options: str) -> list[str]:
    return [sys.executable, "-m", "ledger.cli.main", "serve", str(federation), *options]


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM])
def test_it_says_its_address_answers_and_stops_without_a_traceback(
    federation: Path, how: signal.Signals
) -> None:
    # Who runs the tests in the background may have told us to ignore an interrupt.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        child = subprocess.Popen(
            command(federation, "--port", "0"),
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
        )  # fmt: skip
    finally:
        signal.signal(signal.SIGINT, before)
    try:
        assert child.stdout is not None
        said = child.stdout.readline()
        assert "http://127.0.0.1:" in said
        port = int(said.strip().rstrip("/").rpartition(":")[2])
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/login")
        answer = connection.getresponse()
        assert answer.status == 200
        answer.read()
        connection.close()
        child.send_signal(how)
        _, errors = child.communicate(timeout=30)
        assert child.returncode == 0
        assert "Traceback" not in errors
    finally:
        child.kill()


def test_a_port_that_is_taken_is_a_finding(federation: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            command(federation, "--port", port), capture_output=True, text=True, check=False
        )
    assert done.returncode == 2
    assert "port-taken" in done.stderr and "Traceback" not in done.stderr


@pytest.mark.parametrize(
    ("options", "rule"),
    [
        (("--host", "0.0.0.0"), "not-loopback"),  # noqa: S104  (refused)
        (("--host", "example.org"), "not-loopback"),
        (("--public-url", "books.example.org"), "bad-address"),
        (("--public-url", "https://books.example.org/x"), "bad-address"),
    ],
)
def test_addresses_that_will_not_do_are_findings(
    federation: Path, options: tuple[str, ...], rule: str
) -> None:
    done = subprocess.run(
        command(federation, "--port", "0", *options), capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert rule in done.stderr and "Traceback" not in done.stderr
