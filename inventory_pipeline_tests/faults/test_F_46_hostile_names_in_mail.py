"""F-46: in mail, page, attachment and notice a stranger's name is text and nothing else."""

import csv
import io
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from inventory_pipeline.connectors.mail_message import HEADERS
from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.notices import notify
from inventory_pipeline.report.step import send_report
from inventory_pipeline.wiring.daily import open_mailer
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.mail_text import OUR_ATTRIBUTES, OUR_TAGS, read_html
from inventory_pipeline_tests.support.report_day import DAY, ZONE
from inventory_pipeline_tests.support.report_house import (
    StoppedClock,
    make_house,
    record_hours,
    see,
)

HOSTILE = (
    "<script>alert(1)</script>", "=cmd|' /C calc'!A0", "\u202egnp.exe", "line\r\nbreak\x07",
    "x" * 10_240, "=?utf-8?q?a=0ABcc:_evil=40example.com?=", "http://evil.example/login",
)  # fmt: skip
HOURS = find_hours_of_day(DAY, ZONE)


@pytest.fixture
def house(tmp_path: Path) -> House:
    house = make_house(tmp_path, StoppedClock())
    record_hours(house, HOURS, status="drift")
    see(house, HOURS[-1], *HOSTILE)
    return house


def receive(house: House) -> list[EmailMessage]:
    """Return the mails of the folder as a mail program reads them."""
    paths = sorted((house.storage / "mails").glob("*.eml"))
    return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]  # type: ignore[misc]


def test_F_46_names_are_only_read_in_summary_and_notice(house: House):
    mailer = open_mailer(house)
    send_report(house, mailer, DAY)
    notify(house, mailer)
    mails = receive(house)
    assert len(mails) == 2
    for mail in mails:
        page = read_html(mail.get_body(("html",)).get_content())
        assert page.tags <= OUR_TAGS
        assert page.attributes <= OUR_ATTRIBUTES
        text = mail.get_body(("plain",)).get_content()
        assert not any(mark in text for mark in ("\u202e", "\x07", "://"))
        assert "… (10,240 characters)" in text


def test_F_46_no_name_reaches_a_header(house: House):
    send_report(house, open_mailer(house), DAY)
    [mail] = receive(house)
    assert set(mail.keys()) == {*HEADERS, "MIME-Version", "Content-Type"}
    assert mail["Subject"].startswith("[Harbor & Pine] ATTENTION 2026-04-06: 7 major")


def test_F_46_no_cell_of_the_attachment_is_a_formula(house: House):
    send_report(house, open_mailer(house), DAY)
    [mail] = receive(house)
    [file] = mail.iter_attachments()
    rows = list(csv.DictReader(io.StringIO(file.get_content())))
    assert len(rows) == len(HOSTILE)
    assert not [row["sku"] for row in rows if row["sku"].startswith(("=", "+", "-", "@"))]
    assert [row["delta_units"] for row in rows] == ["2"] * len(HOSTILE)
