"""F-85: the mail server is down all morning: asked again, never called sent, and an alarm."""

from datetime import timedelta
from pathlib import Path

import pytest

from inventory_pipeline.connectors.mail import PAUSES, SmtpMailer
from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report import maillog
from inventory_pipeline.report.step import send_report
from inventory_pipeline.report.watch import MailRule, look
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.support.command import call
from inventory_pipeline_tests.support.ping_server import PingService, serve_pings
from inventory_pipeline_tests.support.report_day import DAY, ZONE
from inventory_pipeline_tests.support.report_house import (
    CONFIG,
    StoppedClock,
    make_house,
    record_hours,
    sign,
)
from inventory_pipeline_tests.support.smtp_server import Postmaster, serve

HOURS = find_hours_of_day(DAY, ZONE)


@pytest.fixture
def clock() -> StoppedClock:
    return StoppedClock()


@pytest.fixture
def house(tmp_path: Path, clock: StoppedClock) -> House:
    house = make_house(tmp_path, clock)
    sign(house, HOURS[0] - timedelta(days=3))
    record_hours(house, HOURS)
    return house


def try_to_send(house: House, port: int, naps: list[float]) -> None:
    settings = house.settings.mail.model_copy(update={"smtp": None})
    smtp = settings.model_validate({"smtp": {"host": "127.0.0.1", "port": port}}).smtp
    mailer = SmtpMailer(smtp, root=house.root, clock=house.clock, sleep=naps.append)
    send_report(house, mailer, DAY)


def watch(house: House, clock: StoppedClock) -> int:
    rule = MailRule(house.settings.mail.at, house.settings.mail.grace, ZONE)
    witness = look(
        house.storage,
        house.storage / "journal.sqlite",
        rule=rule,
        max_age=timedelta(hours=26),
        now=clock.at,
    )
    return witness.level


def test_F_85_a_morning_without_a_mail_server_is_not_sent_and_an_alarm(
    house: House, clock: StoppedClock
):
    with serve(Postmaster()) as port:
        pass
    naps: list[float] = []
    for attempt in (1, 2, 3):
        with pytest.raises(DeliveryError, match="could not be reached"):
            try_to_send(house, port, naps)
        with house.journal() as journal:
            slot = maillog.find_slot(journal, "daily:2026-04-06")
        assert (slot.state, slot.attempts, slot.sent_at) == ("failed", attempt, None)
        clock.advance(timedelta(minutes=20))
    assert naps == list(PAUSES) * 3
    clock.advance(timedelta(minutes=1))
    sign(house, HOURS[-1] + timedelta(hours=8))
    assert watch(house, clock) == 2


def test_F_85_the_outside_check_hears_that_the_mail_did_not_go_out(
    house: House, monkeypatch: pytest.MonkeyPatch
):
    config = house.root / "inventory.yaml"
    with serve(Postmaster()) as port, serve_pings(PingService()) as service:
        monkeypatch.setenv("PING_URL", service.url)
        smtp = f"from: pipeline@example.com, smtp: {{port: {port}, tls: starttls}}"
        text = CONFIG.replace("from: pipeline@example.com", smtp)
        config.write_text(f"{text}heartbeat: {{url: {{env: PING_URL}}}}\n", encoding="utf-8")
        outcome = call("--config", config, "report", "--date", DAY.isoformat(), "--send")
    assert outcome.code == 2
    assert service.paths == ["/ping/secret-uuid/fail"]
    assert service.pings[0][2] == "the daily mail of 2026-04-06 was not sent"


def test_F_85_when_the_server_comes_back_the_same_mail_goes_out_and_the_alarm_ends(
    house: House, clock: StoppedClock
):
    postmaster = Postmaster()
    with serve(postmaster) as port:
        pass
    with pytest.raises(DeliveryError):
        try_to_send(house, port, [])
    clock.advance(timedelta(minutes=90))
    assert watch(house, clock) == 2
    with serve(postmaster) as port:
        try_to_send(house, port, [])
    assert watch(house, clock) == 0
    assert len(postmaster.mails) == 1
    assert "(#1)" in postmaster.mails[0]["Subject"]
