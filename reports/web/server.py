"""The HTTP server: many connections that say nothing, or say it slowly, do not stop the others.

Cheroot gives every new connection a thread until its first request is read, and starts the clock
anew with every byte. A dozen browsers that connect ahead of need would fill its threads. Here a new
connection waits beside the kept-alive ones until it speaks, and a request has one deadline.
"""

from __future__ import annotations

import socket
import time
from typing import Any, Final

from cheroot.makefile import MakeFile, StreamReader
from cheroot.server import HTTPConnection
from cheroot.wsgi import Server

_REQUEST_SECONDS: Final = 10
_MOST_WAITING: Final = 400


class _Raw(socket.SocketIO):
    """The bytes of a connection, until the deadline of the request that they belong to."""

    deadline = float("inf")

    def readinto(self, buffer: Any) -> int | None:
        if time.monotonic() > self.deadline:
            raise TimeoutError("timed out")
        return super().readinto(buffer)


class _Reader(StreamReader):  # type: ignore[misc, unused-ignore]
    def __init__(self, sock: Any, mode: str, bufsize: int) -> None:
        self.timed = _Raw(sock, mode)  # type: ignore[arg-type]
        super(StreamReader, self).__init__(self.timed, bufsize)
        self.bytes_read = 0


class _Connection(HTTPConnection):  # type: ignore[misc, unused-ignore]
    def __init__(self, server: Any, sock: Any, makefile: Any = MakeFile) -> None:
        def timed(sock: Any, mode: str, bufsize: int) -> Any:
            return (_Reader if "r" in mode else makefile)(sock, mode, bufsize)

        super().__init__(server, sock, timed)

    def communicate(self) -> Any:
        self.rfile.timed.deadline = time.monotonic() + _REQUEST_SECONDS
        return super().communicate()  # type: ignore[no-untyped-call, unused-ignore]


class PatientServer(Server):  # type: ignore[misc, unused-ignore]
    """Cheroot's server, in which a thread works for requests only."""

    ConnectionClass = _Connection

    def process_conn(self, conn: Any) -> None:
        if conn.last_used is not None:
            super().process_conn(conn)
            return
        waiting: Any = self._connections  # type: ignore[attr-defined, unused-ignore]
        if waiting._num_connections >= _MOST_WAITING:
            self._close_oldest(waiting._selector)
        waiting.put(conn)

    def _close_oldest(self, selector: Any) -> None:
        found = [
            (conn.last_used, fd, conn) for fd, conn in selector.connections if conn is not self
        ]
        _, fd, oldest = min(found, key=lambda item: item[0])
        selector.unregister(fd)
        oldest.close()
