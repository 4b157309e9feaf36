"""The mail: does anybody get it, and can their addresses be right?"""

import difflib
import re

from inventory_pipeline.cli.checkup.reading import Reading
from inventory_pipeline.config.mail import MailSettings

_KNOWN_DOMAINS = (
    "gmail.com", "googlemail.com", "outlook.com", "hotmail.com", "live.com", "yahoo.com",
    "icloud.com", "proton.me", "protonmail.com", "gmx.de", "gmx.net", "web.de", "aol.com",
)  # fmt: skip
_MISTYPED_ENDS = {"con": "com", "cmo": "com", "comm": "com", "ocm": "com", "nte": "net",
                  "ogr": "org", "ort": "org", "cim": "com", "vom": "com"}  # fmt: skip
_NEVER_DELIVERED = ("example.com", "example.org", "example.net", "localhost", "invalid", "test")
_LABEL = re.compile(r"[A-Za-z0-9]([A-Za-z0-9-]{0,61}[A-Za-z0-9])?")


def read_mail(settings: MailSettings) -> list[Reading]:
    """Say who gets the daily summary and what is doubtful about that."""
    if not settings.to:
        return [_read_nobody(settings)]
    found = []
    addresses = [*settings.to, settings.sender] if settings.smtp else settings.to
    for address in addresses:
        doubt = find_domain_doubt(address.rpartition("@")[2])
        if doubt:
            found.append(Reading("mail", "warn", f"{address}: {doubt}", "mend the address"))
    if settings.smtp is None:
        text = "no mail.smtp: the daily summary is only written to mails/"
        found.append(Reading("mail", "note", text))
    elif (settings.smtp.username is None) != (settings.smtp.password is None):
        text = "mail.smtp has one of username and password"
        found.append(Reading("mail", "bad", text, "give both, or neither"))
    return found or [Reading("mail", "ok", f"{len(settings.to)} recipients")]


def _read_nobody(settings: MailSettings) -> Reading:
    cure = "name at least one address in mail.to, best one that an outside monitor reads too"
    if settings.smtp is None:
        return Reading("mail", "warn", "nobody gets the daily summary: it stays in mails/", cure)
    return Reading("mail", "bad", "mail.smtp is set, but mail.to is empty: nobody is told", cure)


def find_domain_doubt(domain: str) -> str:
    """Return why no mail can reach ``domain``, or what it was meant to be; '' if it seems right."""
    labels = domain.lower().split(".")
    if domain.lower() in _NEVER_DELIVERED or labels[-1] in ("invalid", "test"):
        return f"no mail is ever delivered to {domain}"
    if len(labels) < 2 or not all(_LABEL.fullmatch(label) for label in labels):
        return f"{domain!r} is no domain"
    if labels[-1].isdigit() or len(labels[-1]) < 2:
        return f"{domain!r} has no domain ending"
    if labels[-1] in _MISTYPED_ENDS:
        return f"did you mean .{_MISTYPED_ENDS[labels[-1]]}?"
    near = difflib.get_close_matches(domain.lower(), _KNOWN_DOMAINS, n=1, cutoff=0.85)
    return f"did you mean {near[0]}?" if near and near[0] != domain.lower() else ""
