from __future__ import annotations

import socket

from digitnet.serving.server import listen


def test_answers_are_sent_at_once_and_not_when_the_client_has_acknowledged_their_heads() -> None:
    with (
        listen("127.0.0.1", 0) as listener,
        socket.create_connection(listener.getsockname()),
        listener.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)
