"""A really faulty server on a loopback port, to hold the simulated faults against."""

from __future__ import annotations

import socket
import struct
import threading
from contextlib import ExitStack, contextmanager, suppress
from typing import TYPE_CHECKING

from pytest_openbanking.exchange import Fault

if TYPE_CHECKING:
    from collections.abc import Iterator

LINGER = struct.pack("ii", 1, 0)
TRUNCATED = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + b'{"ok":'
CUT_CHUNK = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nc\r\n" + b'{"ok":'


@contextmanager
def faulty(fault: Fault | str | bytes) -> Iterator[str]:
    """Yield the URL of a server that has this fault."""
    with ExitStack() as stack:
        server = stack.enter_context(socket.socket())
        server.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{server.getsockname()[1]}"
        if fault == "refused":
            pass  # bound, but not listening
        elif fault is Fault.CONNECT_TIMEOUT:
            server.listen(0)
            for _ in range(2):  # fill its queue: whoever connects now hears nothing
                filler = stack.enter_context(socket.socket())
                filler.setblocking(False)
                filler.connect_ex(server.getsockname())
        else:
            server.listen(8)
            stopped = threading.Event()
            stack.callback(stopped.set)
            stack.callback(hang_up, server)
            threading.Thread(target=_serve, args=(server, fault, stopped), daemon=True).start()
        yield url


def hang_up(server: socket.socket) -> None:
    """Wake the thread that accepts: closing alone would leave it there for ever, with a descriptor reserved."""
    with suppress(OSError):
        server.shutdown(socket.SHUT_RDWR)


def _serve(server: socket.socket, fault: Fault | str | bytes, stopped: threading.Event) -> None:
    with suppress(OSError):
        while True:
            peer, _ = server.accept()
            threading.Thread(target=_treat, args=(peer, fault, stopped), daemon=True).start()


def _treat(peer: socket.socket, fault: Fault | str | bytes, stopped: threading.Event) -> None:
    with peer, suppress(OSError):
        peer.recv(65536)
        if fault is Fault.RESET:
            peer.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, LINGER)
        elif fault is Fault.TRUNCATED:
            peer.sendall(TRUNCATED)
        elif fault == "cut chunk":
            peer.sendall(CUT_CHUNK)
        elif isinstance(fault, bytes):  # an answer, as it is on the wire
            peer.sendall(fault)
        else:
            stopped.wait(5)
