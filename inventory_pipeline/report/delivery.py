"""One mail goes out once, whatever is run again (ACL-07)."""

import logging
from dataclasses import dataclass, replace

from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.ports import Clock, Mail, Mailer
from inventory_pipeline.report import maillog
from inventory_pipeline.report.maillog import MailSlot
from inventory_pipeline.store.journal import Journal

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Delivery:
    """What became of a mail.

    Attributes:
        is_new: it went out now; False: it had been sent before and nothing was done.
        place: where it went, in the mailer's words; empty unless it went out now.
    """

    slot: MailSlot
    is_new: bool
    place: str = ""


def send_once(
    journal: Journal, mailer: Mailer, mail: Mail, slot: MailSlot, *, clock: Clock
) -> Delivery:
    """Send the mail unless it has been sent; every attempt carries the same Message-ID.

    A crash between the server's word and ours leaves the mail ``sending``; the next call
    sends the same one again, never a new one.

    Args:
        journal: holds the log of mails.
        mailer: takes the mail to people.
        mail: written with the number and the Message-ID of ``slot``.
        slot: the mail's place in the log.
        clock: the one clock.

    Raises:
        DeliveryError: not every recipient took it; it stays unsent for the next call.
        StoreBusyError: another process is sending it now.
    """
    if slot.is_sent:
        return Delivery(slot, is_new=False)
    with maillog.hold(journal, slot.mail_key, now=clock.now()):
        known = maillog.find_slot(journal, slot.mail_key) or slot
        if known.is_sent:
            return Delivery(known, is_new=False)
        return _send(journal, mailer, mail, known, clock)


def _send(journal: Journal, mailer: Mailer, mail: Mail, slot: MailSlot, clock: Clock) -> Delivery:
    have_it = maillog.find_accepted(journal, slot.mail_key)
    left = [name for name in mail.to if name not in have_it]
    maillog.save_attempt(journal, slot, subject=mail.subject)
    try:
        place = mailer.send(replace(mail, to=left)) if left or not mail.to else "nobody is left"
    except DeliveryError as error:
        maillog.save_failed(
            journal,
            slot,
            subject=mail.subject,
            error=str(error),
            accepted=error.accepted,
            now=clock.now(),
        )
        logger.warning("mail not sent key=%s attempt=%d", slot.mail_key, slot.attempts + 1)
        raise
    maillog.save_sent(journal, slot, subject=mail.subject, now=clock.now())
    logger.info("sent mail key=%s sequence=%d", slot.mail_key, slot.sequence)
    return Delivery(maillog.find_slot(journal, slot.mail_key) or slot, is_new=True, place=place)
