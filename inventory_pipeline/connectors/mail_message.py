"""One mail as bytes: headers nobody can add to, two parts that say the same, files beside."""

import re
import unicodedata
from datetime import datetime
from email.message import EmailMessage
from email.parser import BytesHeaderParser
from email.policy import SMTP, compat32
from email.utils import format_datetime

from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.ports import Mail

_MESSAGE_ID = re.compile(r"<[\w.+-]{1,120}@[\w.-]{1,120}>", re.ASCII)
_ADDRESS = re.compile(r"[^\s<>()\[\],;:\\\"@]+@[^\s<>()\[\],;:\\\"@]+")
_HIDDEN = ("Cc", "Cf", "Cs", "Zl", "Zp")
HEADER_LIMIT = 300
# A plain subject of 80 characters would otherwise leave its first line empty; an encoded one
# must keep to the 76 that RFC 2047 allows a word.
_WIDE = SMTP.clone(max_line_length=200)
HEADERS = (
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress",
)  # fmt: skip


def build_message(mail: Mail, *, sent_at: datetime) -> bytes:
    """Return the mail as it goes over the wire: CRLF, lines within limits, our headers alone.

    Raises:
        DeliveryError: an address is none, or a header would say more than it should.
    """
    message = EmailMessage(policy=_WIDE if mail.subject.isascii() else SMTP)
    people = [read_address(address) for address in mail.to]
    values = (
        read_address(mail.sender),
        ", ".join(people) or "undisclosed-recipients:;",
        clean_header(mail.subject),
        format_datetime(sent_at),
        _read_message_id(mail.message_id),
        "auto-generated",
        "All",
    )
    for name, value in zip(HEADERS, values, strict=True):
        message[name] = value
    _fill(message, mail)
    content = message.as_bytes()
    _verify(content)
    return content


def clean_header(text: str) -> str:
    """Return one line that cannot become a second header.

    ``=?`` is broken apart: Python 3.11.7 decodes encoded words, line breaks included, when
    a header is set (CVE-2024-6923).
    """
    flat = "".join(
        " " if unicodedata.category(character) in _HIDDEN else character for character in text
    )
    return " ".join(flat.replace("=?", "= ?").replace("?=", "? =").split())[:HEADER_LIMIT]


def read_address(text: str) -> str:
    """Return the address: bare, without a name beside it.

    Raises:
        DeliveryError: it is none.
    """
    if not _ADDRESS.fullmatch(text) or not text.isascii() or not text.isprintable():
        raise DeliveryError(f"{clean_header(text)!r} is no mail address; mend it under mail")
    return text


def _read_message_id(text: str) -> str:
    if not _MESSAGE_ID.fullmatch(text):
        raise DeliveryError(f"{clean_header(text)!r} is no Message-ID: wanted <name@domain>")
    return text


def _fill(message: EmailMessage, mail: Mail) -> None:
    message.set_content(_encodable(mail.text), cte="quoted-printable")
    message.add_alternative(_encodable(mail.html), subtype="html", cte="quoted-printable")
    html_part = message.get_body(("html",))
    assert isinstance(html_part, EmailMessage)  # noqa: S101 narrows the type: just added
    for cid, image in mail.images.items():
        html_part.add_related(
            image, maintype="image", subtype="png", cid=f"<{cid}>", disposition="inline"
        )
    for name, content in mail.attachments.items():
        message.add_attachment(
            content,
            maintype="text",
            subtype="csv",
            filename=clean_header(name),
            params={"charset": "utf-8"},
        )


def _encodable(text: str) -> str:
    return text.encode("utf-8", "replace").decode("utf-8")


def _verify(content: bytes) -> None:
    """Read the headers back: what stands there must be what was meant."""
    found = BytesHeaderParser(policy=compat32).parsebytes(content).keys()
    more = sorted(set(found) - {*HEADERS, "MIME-Version", "Content-Type"})
    if more or len(found) != len(set(found)):
        raise DeliveryError(f"the mail would carry headers nobody wrote: {more or found}")
