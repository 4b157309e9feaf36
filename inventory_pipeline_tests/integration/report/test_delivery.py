"""Delivery on a real journal: one mail a day, whatever is run again (ACL-07)."""

import threading
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from inventory_pipeline.errors import DeliveryError, StoreBusyError
from inventory_pipeline.model.ports import Mail
from inventory_pipeline.report import maillog
from inventory_pipeline.report.heartbeat import FILE_NAME, load_heartbeat
from inventory_pipeline.report.step import send_report, write_report
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.integration.report.conftest import HOURS
from inventory_pipeline_tests.support.report_day import DAY
from inventory_pipeline_tests.support.report_house import (
    Postbox,
    StoppedClock,
    count_mails,
    record_hours,
)


@pytest.fixture
def checked(house: House) -> House:
    record_hours(house, HOURS)
    return house


def test_a_day_is_mailed_once_whatever_is_run_again(checked: House, postbox: Postbox):
    first = send_report(checked, postbox, DAY)[1]
    again = send_report(checked, postbox, DAY)[1]
    assert (first.is_new, again.is_new, len(postbox.mails)) == (True, False, 1)
    assert (again.slot.sequence, again.slot.sent_at) == (1, first.slot.sent_at)


def test_a_preview_takes_no_number_and_mails_nothing(checked: House, postbox: Postbox):
    assert write_report(checked, DAY).summary.mail.sequence is None
    assert count_mails(checked) == 0
    assert send_report(checked, postbox, DAY)[1].slot.sequence == 1


def test_numbers_have_no_hole_and_each_mail_names_the_one_before(
    checked: House, postbox: Postbox, clock: StoppedClock
):
    send_report(checked, postbox, DAY - timedelta(days=1))
    clock.advance(timedelta(minutes=5))
    report, delivery = send_report(checked, postbox, DAY)
    mail = report.summary.mail
    assert (delivery.slot.sequence, mail.previous_sequence) == (2, 1)
    assert mail.previous_sent_at == clock.at - timedelta(minutes=5)
    assert "(#2)" in postbox.mails[1].subject


def test_a_refused_mail_is_not_sent_and_goes_out_later_as_the_same(
    checked: House, postbox: Postbox
):
    postbox.refusals = [DeliveryError("mail.example:587 could not be reached")]
    with pytest.raises(DeliveryError):
        send_report(checked, postbox, DAY)
    with checked.journal() as journal:
        failed = maillog.find_slot(journal, f"daily:{DAY}")
    assert (failed.state, failed.attempts) == ("failed", 1)
    assert failed.error == "mail.example:587 could not be reached"
    delivery = send_report(checked, postbox, DAY)[1]
    assert (delivery.slot.sequence, delivery.slot.attempts, delivery.slot.error) == (1, 2, "")
    assert delivery.slot.message_id == failed.message_id == postbox.mails[0].message_id


def test_who_has_it_is_not_sent_it_again(checked: House, postbox: Postbox):
    postbox.refusals = [DeliveryError("1 of 2 refused", accepted=["ops@example.com"])]
    with pytest.raises(DeliveryError):
        send_report(checked, postbox, DAY)
    send_report(checked, postbox, DAY)
    assert list(postbox.mails[0].to) == ["night@example.com"]


def test_everybody_having_it_after_all_is_sent(checked: House, postbox: Postbox):
    postbox.refusals = [DeliveryError("x", accepted=["ops@example.com", "night@example.com"])]
    with pytest.raises(DeliveryError):
        send_report(checked, postbox, DAY)
    assert send_report(checked, postbox, DAY)[1].slot.is_sent
    assert postbox.mails == []


def test_a_sent_mail_stands_in_the_heartbeat(checked: House, postbox: Postbox, clock: StoppedClock):
    send_report(checked, postbox, DAY)
    last = load_heartbeat(checked.storage / FILE_NAME).last_mail
    assert (last.day, last.sequence, last.status) == ("2026-04-06", 1, "ALL CLEAR")
    assert last.sent_at == clock.at


def test_sent_is_final(checked: House, postbox: Postbox):
    slot = send_report(checked, postbox, DAY)[1].slot
    with checked.journal() as journal:
        maillog.save_attempt(journal, slot, subject="x")
        maillog.save_failed(
            journal, slot, subject="x", error="x", accepted=(), now=checked.clock.now()
        )
        assert maillog.find_slot(journal, slot.mail_key) == slot


@dataclass
class SlowPostbox:
    """A mailer in whose hands a second sender appears."""

    began: threading.Event = field(default_factory=threading.Event)
    may_end: threading.Event = field(default_factory=threading.Event)
    mails: list[Mail] = field(default_factory=list)

    def send(self, mail: Mail) -> str:
        self.began.set()
        assert self.may_end.wait(20)
        self.mails.append(mail)
        return "kept"


def test_two_senders_at_once_send_one_mail(checked: House, postbox: Postbox):
    slow = SlowPostbox()
    first = threading.Thread(target=send_report, args=(checked, slow, DAY))
    first.start()
    try:
        assert slow.began.wait(20)
        with pytest.raises(StoreBusyError, match="another process is sending daily:2026-04-06"):
            send_report(checked, postbox, DAY)
    finally:
        slow.may_end.set()
        first.join(20)
    assert (len(slow.mails), len(postbox.mails), count_mails(checked, state="sent")) == (1, 0, 1)


def test_the_mail_carries_both_parts_the_picture_and_nothing_it_does_not_need(
    checked: House, postbox: Postbox
):
    send_report(checked, postbox, DAY)
    mail = postbox.mails[0]
    assert mail.images["trend@inventory-pipeline"].startswith(b"\x89PNG")
    assert 'src="cid:trend@inventory-pipeline"' in mail.html
    assert mail.attachments == {}
    assert (mail.sender, list(mail.to)) == (
        "pipeline@example.com",
        ["ops@example.com", "night@example.com"],
    )
