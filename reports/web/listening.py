"""Listening on this machine only, until somebody stops it."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from typing import TYPE_CHECKING

from ledger.errors import CannotRun, finding

if TYPE_CHECKING:
    from cheroot.wsgi import Server
    from flask import Flask


def build_server(app: Flask, host: str, port: int, *, largest: int) -> Server:
    """A server for the app, bound to this machine only; ``largest`` is a request's body in bytes.

    Raises CannotRun for another address.
    """
    from reports.web.server import PatientServer

    if not is_loopback(host):
        raise CannotRun(
            finding(
                "not-loopback",
                f"只在本机地址上提供服务，不接受 {host[:60]}",
                f"serves on loopback addresses only, not on {host[:60]}",
                "用 127.0.0.1，并由反向代理（nginx、Caddy）以 https 对外",
                "use 127.0.0.1 and put a reverse proxy (nginx, Caddy) with https in front",
            )
        )
    bind = "127.0.0.1" if host == "localhost" else host
    server = PatientServer((bind, port), app, numthreads=16, request_queue_size=64, timeout=10)
    server.max_request_header_size = 32 * 1024
    server.max_request_body_size = largest
    return server


def listen(
    server: Server, host: str, port: int, announce: Callable[[str], None] | None, shown: str = ""
) -> None:
    """Serve until interrupted; ``announce`` is told the address once it answers, or ``shown``.

    Raises CannotRun if the address is taken.
    """
    try:
        server.prepare()
    except OSError as fault:
        raise CannotRun(
            finding(
                "port-taken",
                f"端口 {port} 不能使用：{fault.strerror or '已被占用'}",
                f"port {port} cannot be used: {fault.strerror or 'it is taken'}",
                "换一个端口，或先停止占用它的程序",
                "choose another port, or stop the program that uses it",
            )
        ) from fault
    try:
        name = f"[{host}]" if ":" in host else host
        if announce is not None:
            announce(shown or f"http://{name}:{server.bind_addr[1]}/")
        server.serve()
    except KeyboardInterrupt:
        pass  # how a person stops it
    finally:
        server.stop()


def is_loopback(host: str) -> bool:
    """Whether an address means this machine and nothing else."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
