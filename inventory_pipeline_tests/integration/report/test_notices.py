"""Notices: told in the hour it appears, once, and only of the newest hour (ACL-08, SEV-02)."""

import pytest

from inventory_pipeline.errors import DeliveryError
from inventory_pipeline.report.notices import notify
from inventory_pipeline.wiring.house import House
from inventory_pipeline_tests.integration.report.conftest import HOURS
from inventory_pipeline_tests.support.mail_text import read_html
from inventory_pipeline_tests.support.report_house import (
    Postbox,
    count_mails,
    record_hours,
    see,
)


@pytest.fixture
def checked(house: House) -> House:
    record_hours(house, HOURS[:3], status="drift")
    return house


def test_the_same_gap_in_three_hours_is_one_notice(checked: House, postbox: Postbox):
    told = []
    for hour in HOURS[3:6]:
        record_hours(checked, [hour], status="drift")
        see(checked, hour, "HP-1", delta_units=-8, opened_at=HOURS[3])
        told.append(notify(checked, postbox).findings)
    assert (told, len(postbox.mails)) == ([1, 0, 0], 1)
    assert "HP-1" in postbox.mails[0].text
    assert "-8" in postbox.mails[0].text


def test_all_that_is_new_in_an_hour_is_one_mail(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A", "B", "C")
    told = notify(checked, postbox)
    assert (told.findings, len(postbox.mails)) == (3, 1)
    assert postbox.mails[0].subject == (
        "[Harbor & Pine] NOTICE 2026-04-06T09:00Z: 3 new findings (#N1)"
    )


def test_one_that_clears_and_comes_back_is_told_again(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A")
    notify(checked, postbox)
    record_hours(checked, [HOURS[4]])
    see(checked, HOURS[4], "A", opened_at=HOURS[4], first_seen_at=HOURS[2], recurrence=2)
    assert notify(checked, postbox).findings == 1


def test_what_grows_into_a_major_is_told_then(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A", severity="minor")
    assert notify(checked, postbox).findings == 0
    record_hours(checked, [HOURS[3]])
    see(checked, HOURS[3], "A", severity="major", opened_at=HOURS[2])
    assert notify(checked, postbox).findings == 1


@pytest.mark.parametrize("name", ["structural", "authority_gap", "authority_bug"])
def test_structural_and_authority_trouble_is_told_whatever_its_band(
    checked: House, postbox: Postbox, name: str
):
    see(checked, HOURS[2], "A", severity="notable", **{"class": name})
    assert notify(checked, postbox).findings == 1


def test_minor_and_notable_gaps_wait_for_the_summary(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A", severity="minor")
    see(checked, HOURS[2], "B", severity="notable")
    assert notify(checked, postbox).findings == 0


def test_an_old_hour_tells_nobody(checked: House, postbox: Postbox):
    see(checked, HOURS[1], "A")
    assert notify(checked, postbox).findings == 0
    assert notify(checked, postbox, hour_at=HOURS[1]).findings == 0


def test_only_the_newest_hour_speaks_when_one_is_named(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A")
    assert notify(checked, postbox, hour_at=HOURS[1]).findings == 0
    assert notify(checked, postbox, hour_at=HOURS[2]).findings == 1


def test_a_backfill_of_old_hours_tells_nothing_new(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A")
    notify(checked, postbox)
    see(checked, HOURS[0], "LATE-NEWS")
    assert (notify(checked, postbox).findings, len(postbox.mails)) == (0, 1)


def test_a_notice_that_was_not_sent_is_told_again_as_the_same_mail(
    checked: House, postbox: Postbox
):
    see(checked, HOURS[2], "A")
    postbox.refusals = [DeliveryError("down")]
    with pytest.raises(DeliveryError):
        notify(checked, postbox)
    assert notify(checked, postbox).findings == 1
    assert (len(postbox.mails), count_mails(checked, kind="notice")) == (1, 1)


def test_an_untold_notice_joins_the_next_hours(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A")
    postbox.refusals = [DeliveryError("down")]
    with pytest.raises(DeliveryError):
        notify(checked, postbox)
    record_hours(checked, [HOURS[3]])
    see(checked, HOURS[3], "A", "B", opened_at=HOURS[2])
    assert notify(checked, postbox).findings == 2


def test_notices_and_summaries_are_numbered_apart(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "A")
    assert notify(checked, postbox).delivery.slot.sequence == 1


@pytest.mark.slow
def test_sixty_at_once_are_counted_and_the_worst_listed(checked: House, postbox: Postbox):
    see(checked, HOURS[2], *(f"S{n:04}" for n in range(60)))
    told = notify(checked, postbox)
    assert told.findings == 60
    assert "and 40 more: they stand in tomorrow's summary" in postbox.mails[0].text


def test_a_hostile_name_in_a_notice_is_only_read(checked: House, postbox: Postbox):
    see(checked, HOURS[2], "<script>alert(1)</script>\u202e")
    notify(checked, postbox)
    mail = postbox.mails[0]
    assert "script" not in read_html(mail.html).tags
    assert "\u202e" not in mail.text
    assert "script" not in mail.subject


def test_before_the_first_hour_there_is_nothing_to_tell(house: House, postbox: Postbox):
    told = notify(house, postbox)
    assert (told.hour_at, told.findings) == (None, 0)
