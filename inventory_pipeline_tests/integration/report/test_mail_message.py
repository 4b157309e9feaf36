"""One mail as a server receives it: exactly our headers, both parts, files beside (S5)."""

from email import message_from_bytes
from email.policy import compat32, default
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.connectors.mail import FolderMailer
from inventory_pipeline.connectors.mail_message import HEADERS, build_message, clean_header
from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.ports import Mail
from inventory_pipeline_tests.support.report_day import MORNING
from inventory_pipeline_tests.support.report_house import StoppedClock

INJECTIONS = (
    "=?utf-8?q?a=0ABcc:_evil=40example.com?=",
    "=?utf-8?b?YQpCY2M6IGV2aWxAZXhhbXBsZS5jb20=?=",
    "=?us-ascii?q?=0D=0AX-Evil:_1?=",
    "==??utf-8?q?=0ABcc:x?==",
    "a\r\nBcc: evil@example.com",
    "a\nX-Evil: 1",
    "a\rX-Evil: 1",
    "a\x0bX-Evil: 1",
    "a\x85X-Evil: 1",
    "a\u2028X-Evil: 1",
    "x" * 5_000,
    "é" * 500,
    "\udc80",
    "",
)
OURS = {*HEADERS, "MIME-Version", "Content-Type"}


def build_mail(**known: Any) -> Mail:
    return Mail(
        **{
            "subject": "[Harbor & Pine] ALL CLEAR 2026-04-06",
            "text": "plain\n",
            "html": '<p>html</p><img src="cid:trend@x">',
            "message_id": "<daily-2026-04-06.1@example.com>",
            "to": ("ops@example.com", "night@example.com"),
            "sender": "pipeline@example.com",
            **known,
        }
    )


def build(**known: Any) -> bytes:
    return build_message(build_mail(**known), sent_at=MORNING)


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
def test_no_header_can_be_smuggled_in_by_the_subject(text: str):
    raw = message_from_bytes(build(subject=text), policy=compat32)
    assert set(raw.keys()) == OURS
    assert len(raw.keys()) == len(OURS)


@pytest.mark.parametrize("text", INJECTIONS, ids=range(len(INJECTIONS)))
@pytest.mark.parametrize("place", ["message_id", "sender"])
def test_what_is_no_address_and_no_id_never_becomes_a_header(place: str, text: str):
    with pytest.raises(DeliveryError, match="is no "):
        build(**{place: text})


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_any_subject_stays_one_header(text: str):
    raw = message_from_bytes(build(subject=text), policy=compat32)
    assert set(raw.keys()) == OURS


@given(st.text(st.characters(exclude_categories=()), max_size=200))
def test_a_clean_header_is_one_line_without_an_encoded_word(text: str):
    clean = clean_header(text)
    assert "=?" not in clean
    assert not any(c in clean for c in "\r\n\x00\x0b\x85\u2028")


@pytest.mark.parametrize("length", [60, 75, 85, 120])
def test_a_plain_subject_begins_on_the_line_of_its_name(length: int):
    content = build(subject="[Harbor & Pine] ATTENTION".ljust(length, "x"))
    assert b"Subject: [Harbor & Pine] ATTENTION" in content


def test_every_line_is_within_what_mail_allows():
    content = build(subject="ö" * 300, text="x" * 5_000, html="<p>" + "y" * 20_000 + "</p>")
    assert max(len(line) for line in content.split(b"\r\n")) <= 998
    assert b"\n" not in content.replace(b"\r\n", b"")


def test_a_server_receives_both_parts_the_picture_and_the_file():
    content = build(
        subject="Größe: ✓",
        text="täglich\n",
        images={"trend@x": b"\x89PNG"},
        attachments={"findings-2026-04-06.csv": "\ufeffsku\nHP-1\n".encode()},
    )
    mail = message_from_bytes(content, policy=default)
    assert mail["Subject"] == "Größe: ✓"
    assert mail["Date"].datetime == MORNING
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Message-ID"] == "<daily-2026-04-06.1@example.com>"
    assert mail["To"] == "ops@example.com, night@example.com"
    assert mail.get_body(("plain",)).get_content() == "täglich\r\n"
    assert "cid:trend@x" in mail.get_body(("html",)).get_content()
    [picture] = [part for part in mail.walk() if part.get_content_type() == "image/png"]
    assert (picture["Content-ID"], picture.get_content()) == ("<trend@x>", b"\x89PNG")
    [file] = mail.iter_attachments()
    assert file.get_filename() == "findings-2026-04-06.csv"
    assert file.get_content().splitlines() == ["\ufeffsku", "HP-1"]


def test_a_sender_that_is_no_address_is_refused():
    with pytest.raises(DeliveryError, match="'Ops' is no mail address"):
        build(sender="Ops")


def test_the_folder_gets_the_mail_the_page_and_the_text(tmp_path: Path):
    mailer = FolderMailer(tmp_path / "mails", clock=StoppedClock())
    place = mailer.send(build_mail(images={"trend@x": b"\x89PNG"}))
    names = sorted(path.name for path in (tmp_path / "mails").iterdir())
    assert names == [f"daily-2026-04-06.{suffix}" for suffix in ("eml", "html", "txt")]
    assert place.endswith("mails/daily-2026-04-06.eml")
    page = (tmp_path / "mails" / "daily-2026-04-06.html").read_text(encoding="utf-8")
    assert "data:image/png;base64,iVBORw==" in page
    assert "cid:" not in page


def test_the_folder_takes_a_mail_to_nobody(tmp_path: Path):
    FolderMailer(tmp_path, clock=StoppedClock()).send(build_mail(to=()))
    content = (tmp_path / "daily-2026-04-06.eml").read_bytes()
    assert b"To: undisclosed-recipients:;" in content


def test_a_hostile_message_id_leaves_the_folder_alone(tmp_path: Path):
    mailer = FolderMailer(tmp_path / "mails", clock=StoppedClock())
    for hostile in ("<../../etc/passwd@x>", "</absolute.1@x>", "<a\x00b@x>"):
        with pytest.raises(DeliveryError, match="is no Message-ID"):
            mailer.send(build_mail(message_id=hostile))
    mailer.send(build_mail(message_id="<..@x>"))
    assert sorted(child.name for child in tmp_path.iterdir()) == ["mails"]


def test_a_folder_that_cannot_be_written_is_not_sent(tmp_path: Path):
    (tmp_path / "mails").write_text("", encoding="utf-8")
    with pytest.raises(DeliveryError, match="mails cannot be written"):
        FolderMailer(tmp_path / "mails", clock=StoppedClock()).send(build_mail())
