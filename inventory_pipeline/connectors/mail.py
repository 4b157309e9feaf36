"""Mail goes out by SMTP with verified TLS, or into a folder. Only here is SMTP known."""

import logging
import os
import re
import smtplib
import ssl
import time
from base64 import b64encode
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path
from uuid import uuid4

from inventory_pipeline.config.mail import MailSettings, Smtp
from inventory_pipeline.connectors.mail_message import (
    build_message,
    clean_header,
    read_address,
)
from inventory_pipeline.errors import ConfigError, DeliveryError
from inventory_pipeline.model.ports import Clock, Mail, Mailer

logger = logging.getLogger(__name__)

IMPLICIT_PORT = 465
# A greylisting server takes the mail when asked again; longer waits are the next run's.
PAUSES = (2.0, 10.0)
REPLY_LIMIT = 200


def build_mailer(settings: MailSettings, *, storage: Path, root: Path, clock: Clock) -> Mailer:
    """Return the mailer of one installation: SMTP where it is configured, else the folder."""
    if settings.smtp is None:
        return FolderMailer(storage / "mails", clock=clock)
    return SmtpMailer(settings.smtp, root=root, clock=clock)


class FolderMailer:
    """A ``Mailer`` that writes each mail into a folder as .eml, .html and .txt."""

    def __init__(self, folder: Path, *, clock: Clock) -> None:
        self._folder = folder
        self._clock = clock

    def send(self, mail: Mail) -> str:
        stem = re.sub(r"[^A-Za-z0-9_-]+", "-", mail.message_id.strip("<>").split(".")[0])
        page = embed_images(mail.html, mail.images)
        message = build_message(mail, sent_at=self._clock.now())
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            for suffix, content in (
                ("html", page.encode("utf-8", "replace")),
                ("txt", mail.text.encode("utf-8", "replace")),
                ("eml", message),
            ):
                write_whole(self._folder / f"{stem}.{suffix}", content)
        except OSError as error:
            raise DeliveryError(f"{self._folder} cannot be written: {error.strerror}") from None
        return f"written to {self._folder / stem}.eml"


def embed_images(page: str, images: Mapping[str, bytes]) -> str:
    """Put a mail's inline images into its HTML, so that one file shows it all."""
    for cid, image in images.items():
        data = b64encode(image).decode("ascii")
        page = page.replace(f"cid:{cid}", f"data:image/png;base64,{data}")
    return page


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees all of it or nothing."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.{uuid4().hex[:8]}")
    try:
        with temporary.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


@dataclass(frozen=True)
class _Answer:
    """What a server said to one attempt.

    Attributes:
        refused: recipients it did not take, each with code and words.
        problem: why nobody has it, where the talk itself failed.
        may_pass: whether asking again soon may help.
    """

    refused: dict[str, tuple[int, str]]
    problem: str = ""
    may_pass: bool = False


class SmtpMailer:
    """A ``Mailer`` that speaks to one server and verifies who it is."""

    def __init__(
        self,
        settings: Smtp,
        *,
        root: Path,
        clock: Clock,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._root = root
        self._clock = clock
        self._sleep = sleep

    def send(self, mail: Mail) -> str:
        left = [read_address(address) for address in mail.to]
        if not left:
            raise DeliveryError("nobody to send it to: mail.to is empty in the configuration")
        content = build_message(mail, sent_at=self._clock.now())
        sender, have_it = read_address(mail.sender), list[str]()
        lost: dict[str, tuple[int, str]] = {}
        for pause in (*PAUSES, None):
            answer = self._try(sender, left, content)
            have_it += [] if answer.problem else [p for p in left if p not in answer.refused]
            lost |= {p: why for p, why in answer.refused.items() if not _is_temporary(why[0])}
            left = [p for p in left if p not in have_it and p not in lost]
            if not left or not (answer.may_pass or answer.refused) or pause is None:
                break
            logger.info("mail waits for another try seconds=%.0f left=%d", pause, len(left))
            self._sleep(pause)
        self._check(have_it, {**answer.refused, **lost}, answer.problem)
        return f"accepted by {self._name} for {len(have_it)} of {len(mail.to)} recipients"

    @property
    def _name(self) -> str:
        return f"{self._settings.host}:{self._settings.port}"

    def _check(
        self, have_it: Sequence[str], refused: dict[str, tuple[int, str]], problem: str
    ) -> None:
        if problem:
            raise DeliveryError(f"{self._name}: {problem}", accepted=have_it)
        if refused:
            named = ", ".join(f"{p} ({code} {words})" for p, (code, words) in refused.items())
            total = len(have_it) + len(refused)
            raise DeliveryError(
                f"{self._name} refused {len(refused)} of {total} recipients: {named}; "
                "mend mail.to or ask the server's administrator",
                accepted=have_it,
            )

    def _try(self, sender: str, people: Sequence[str], content: bytes) -> _Answer:
        """Talk to the server once and say what came of it."""
        try:
            return _Answer(self._talk(sender, people, content))
        except smtplib.SMTPRecipientsRefused as error:
            return _Answer(self._read_refused(error.recipients))
        except smtplib.SMTPAuthenticationError as error:
            words = f"refused the user name or password ({error.smtp_code}); see mail.smtp"
            return _Answer({}, words, _is_temporary(error.smtp_code))
        except smtplib.SMTPResponseException as error:
            words = f"said {error.smtp_code} {self._clean(error.smtp_error)}"
            return _Answer({}, words, _is_temporary(error.smtp_code))
        except smtplib.SMTPNotSupportedError as error:
            return _Answer({}, f"{self._clean(str(error))}; nothing is sent in the clear")
        except ssl.SSLCertVerificationError as error:
            words = f"its certificate is not to be trusted ({self._clean(error.verify_message)})"
            return _Answer({}, f"{words}; a private authority is added with mail.smtp.ca_file")
        except UnicodeEncodeError:
            return _Answer({}, "takes only ASCII in the user name and the password; see mail.smtp")
        except (OSError, smtplib.SMTPException) as error:
            words = self._clean(str(error)) or type(error).__name__
            return _Answer({}, f"could not be reached ({words})", may_pass=True)

    def _talk(
        self, sender: str, people: Sequence[str], content: bytes
    ) -> dict[str, tuple[int, str]]:
        """Send to everybody in one session; return those it refused while taking others."""
        client = self._connect()
        try:
            if self._settings.username is not None:
                client.login(self._settings.username, self._reveal())
            refused = client.sendmail(sender, list(people), content)
            return self._read_refused(refused)
        finally:
            # What a server says to QUIT changes nothing about what it took.
            with suppress(OSError, smtplib.SMTPException):
                client.quit()
            client.close()

    def _connect(self) -> smtplib.SMTP:
        settings = self._settings
        host, port = settings.host, settings.port
        seconds = settings.timeout.total_seconds()
        if settings.tls == "implicit" or (settings.tls == "auto" and port == IMPLICIT_PORT):
            context = self._build_context()
            return smtplib.SMTP_SSL(host, port, timeout=seconds, context=context)
        client = smtplib.SMTP(host, port, timeout=seconds)
        try:
            if settings.tls == "starttls" or not _is_loopback(host):
                client.starttls(context=self._build_context())
        except BaseException:
            client.close()
            raise
        return client

    def _build_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context()
        if self._settings.ca_file is not None:
            path = self._root / self._settings.ca_file
            try:
                context.load_verify_locations(cafile=str(path))
            except (OSError, ssl.SSLError) as error:
                why = error.strerror or type(error).__name__
                raise ConfigError(f"mail.smtp.ca_file: {path} cannot be read: {why}") from None
        return context

    def _reveal(self) -> str:
        password = self._settings.password
        return password.reveal(str(self._root)) if password is not None else ""

    def _read_refused(self, refused: dict[str, tuple[int, bytes]]) -> dict[str, tuple[int, str]]:
        return {name: (code, self._clean(words)) for name, (code, words) in refused.items()}

    def _clean(self, words: bytes | str) -> str:
        """Return a server's words: one line, short, without our password should it echo it."""
        text = words.decode("utf-8", "replace") if isinstance(words, bytes) else words
        if self._settings.password is not None:
            with suppress(ConfigError):
                text = text.replace(self._reveal(), "***")
        return clean_header(text)[:REPLY_LIMIT]


def _is_temporary(code: int) -> bool:
    return 400 <= code < 500


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return False
