"""F-86: a server takes the mail and loses it: only a mailbox outside can tell (witness W2).

What the product owes that witness: its address is a recipient like any other, the subject
has a phrase that stands there on clear days alone, and the runbook says how to set it up.
"""

from email.utils import parsedate_to_datetime
from pathlib import Path

import pytest

from inventory_pipeline.model.hours import find_hours_of_day
from inventory_pipeline.report.step import send_report
from inventory_pipeline.wiring.daily import open_mailer
from inventory_pipeline_tests.support.report_day import DAY, MORNING, ZONE
from inventory_pipeline_tests.support.report_house import (
    CONFIG,
    StoppedClock,
    make_house,
    record_hours,
    see,
)
from inventory_pipeline_tests.support.smtp_server import Postmaster, serve

KEYWORD = "] ALL CLEAR "
MAILBOX = "check-4f3a@example.com"
HOURS = find_hours_of_day(DAY, ZONE)
RUNBOOK = Path(__file__).parents[2] / "docs" / "runbook.md"


def send(folder: Path, *, name: str = "Harbor & Pine", trouble: bool = False, hours: int = 24):
    postmaster = Postmaster()
    with serve(postmaster) as port:
        text = CONFIG.replace("night@example.com", MAILBOX).replace(
            "from: pipeline@example.com", f"from: pipeline@example.com, smtp: {{port: {port}}}"
        )
        house = make_house(folder, StoppedClock(), text.replace("Harbor & Pine", f'"{name}"'))
        record_hours(house, HOURS[:hours])
        if trouble:
            see(house, HOURS[-1], "HP-1")
        send_report(house, open_mailer(house), DAY)
    return postmaster.kept[0][0], postmaster.mails[0]


def test_F_86_the_outside_mailbox_gets_the_mail_with_the_keyword_and_the_date(tmp_path: Path):
    people, mail = send(tmp_path)
    assert people == ["ops@example.com", MAILBOX]
    assert KEYWORD in mail["Subject"]
    assert "2026-04-06" in mail["Subject"]
    assert parsedate_to_datetime(mail["Date"]) == MORNING


@pytest.mark.slow
@pytest.mark.parametrize("known", [{"trouble": True}, {"hours": 23}])
def test_F_86_the_keyword_stands_there_on_clear_days_alone(
    tmp_path: Path, known: dict[str, object]
):
    _, mail = send(tmp_path, **known)
    assert KEYWORD not in mail["Subject"]


def test_F_86_no_business_name_can_pretend_to_be_clear(tmp_path: Path):
    _, mail = send(tmp_path, name="x] ALL CLEAR 2026-04-06", trouble=True)
    assert KEYWORD not in mail["Subject"]


def test_F_86_the_runbook_says_how_to_set_the_mailbox_up():
    text = RUNBOOK.read_text(encoding="utf-8")
    assert f"`{KEYWORD.strip()}`" in text
    assert "mail.to" in text
