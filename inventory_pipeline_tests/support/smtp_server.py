"""A real SMTP server on a free port: TLS, logins, refusals, greylisting."""

import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

USER, PASSWORD = "pipeline", "correct horse battery staple"


@dataclass
class Postmaster:
    """What the server does with a mail, and what it kept.

    Attributes:
        refused: recipients refused for good, and with which words.
        grey: recipients refused for now, and how often.
        on_data: called before a mail is taken; its words are the answer, if it gives any.
        after_data: called when it was taken, before the sender hears of it.
    """

    refused: dict[str, str] = field(default_factory=dict)
    grey: dict[str, int] = field(default_factory=dict)
    on_data: Callable[[], str | None] = lambda: None
    after_data: Callable[[], None] = lambda: None
    kept: list[tuple[list[str], bytes]] = field(default_factory=list)
    logins: list[str] = field(default_factory=list)
    was_encrypted: bool = False

    @property
    def mails(self) -> list[EmailMessage]:
        return [message_from_bytes(content, policy=default) for _, content in self.kept]  # type: ignore[misc]

    async def handle_RCPT(
        self,
        _server: SMTP,
        _session: Session,
        envelope: Envelope,
        address: str,
        _options: list[str],
    ) -> str:
        if address in self.refused:
            return self.refused[address]
        if self.grey.get(address, 0) > 0:
            self.grey[address] -= 1
            return "451 4.7.1 greylisted, come back later"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, session: Session, envelope: Envelope) -> str:
        self.was_encrypted = session.ssl is not None
        answer = self.on_data()
        if answer is not None:
            return answer
        assert isinstance(envelope.content, bytes)
        self.kept.append((list(envelope.rcpt_tos), envelope.content))
        self.after_data()
        return "250 taken"

    def check_login(self, _server: Any, _session: Any, _envelope: Any, _mechanism: str, data: Any):
        assert isinstance(data, LoginPassword)
        self.logins.append(data.login.decode())
        return AuthResult(success=data.password.decode() == PASSWORD, handled=False)


@contextmanager
def serve(
    postmaster: Postmaster,
    *,
    starttls: ssl.SSLContext | None = None,
    implicit: ssl.SSLContext | None = None,
    needs_login: bool = False,
) -> Iterator[int]:
    """Run the server and give its port; stop it after."""
    controller = AnyPort(
        postmaster,
        hostname="127.0.0.1",
        port=0,
        ssl_context=implicit,
        tls_context=starttls,
        require_starttls=starttls is not None,
        auth_required=needs_login,
        auth_require_tls=implicit is None and starttls is not None,
        authenticator=postmaster.check_login if needs_login else None,
    )
    controller.start()
    try:
        yield controller.port
    finally:
        controller.stop()


class AnyPort(Controller):
    """A controller that listens on a free port and knows which once it listens."""

    def _trigger_server(self) -> None:
        self.port = self.server.sockets[0].getsockname()[1]  # type: ignore[union-attr]
        with socket.create_connection((self.hostname, self.port), timeout=5) as line:
            if self.ssl_context is None:
                line.recv(1)
                return
            context = ssl._create_unverified_context()
            with context.wrap_socket(line) as encrypted:
                encrypted.recv(1)
