"""A mail server and a receiver of web hooks on loopback, and what came to them."""

from __future__ import annotations

import asyncio
import email
import email.policy
import json
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass
class Received:
    """What came in, oldest first.

    Args:
        mails: by subject, text and recipients.
        hooks: what was posted, as JSON.
        headers: of these.
        status: what the receiver of web hooks answers; a redirect leads to a page that takes whatever comes.
        megabytes: of its answer, as far as anybody reads it.
        smtp_port: of the mail server.
        http_port: of the receiver.
    """

    mails: list[tuple[str, str, list[str]]] = field(default_factory=list)
    hooks: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)
    status: int = 200
    megabytes: int = 0
    smtp_port: int = 0
    http_port: int = 0

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        """Take a mail; the name is aiosmtpd's."""
        assert isinstance(envelope.content, bytes)
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        body = message.get_body(("plain", "html"))
        assert body is not None
        self.mails.append((str(message["Subject"]), body.get_content(), list(envelope.rcpt_tos)))
        return "250 OK"


@contextmanager
def mail_and_hooks(tls: ssl.SSLContext | None = None) -> Iterator[Received]:
    """Both servers, while the block runs; with `tls` the mail server takes no mail before STARTTLS."""
    received = Received()

    class Hook(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            status = 200 if self.path == "/elsewhere" else received.status
            if status == 200:
                received.hooks.append(said)
                received.headers.append(dict(self.headers))
            self.send_response(status)
            self.send_header("Location", "/elsewhere")
            self.end_headers()
            with suppress(OSError):
                for _ in range(received.megabytes):
                    self.wfile.write(bytes(1_000_000))

        def log_message(self, *_arguments: object) -> None:
            pass

    hooks = ThreadingHTTPServer(("127.0.0.1", 0), Hook)
    loop = asyncio.new_event_loop()

    def made() -> SMTP:
        return SMTP(received, loop=loop, tls_context=tls, require_starttls=tls is not None)

    mail = loop.run_until_complete(loop.create_server(made, "127.0.0.1", 0))
    received.http_port, received.smtp_port = hooks.server_port, mail.sockets[0].getsockname()[1]
    threads = [threading.Thread(target=each) for each in (hooks.serve_forever, loop.run_forever)]
    for thread in threads:
        thread.start()
    try:
        yield received
    finally:
        hooks.shutdown()
        hooks.server_close()
        loop.call_soon_threadsafe(mail.close)
        loop.call_soon_threadsafe(loop.stop)
        for thread in threads:
            thread.join()
        loop.close()
