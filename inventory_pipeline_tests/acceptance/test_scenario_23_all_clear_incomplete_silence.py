"""Scenario 23: all clear on evidence alone, incomplete said aloud, and silence heard."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from pathlib import Path

import pytest

from inventory_pipeline_tests.support.command import Outcome, call
from inventory_pipeline_tests.support.shop import COUNTS, MOVEMENTS, Shop, files_system

SKUS = 564
MONDAY = [f"2026-04-06T{hour:02}:00Z" for hour in range(24)]
TUESDAY = [f"2026-04-07T{hour:02}:00Z" for hour in range(24)]


class Day(Shop):
    """A shop of 564 items, its shelf and its storefront."""

    def configure_day(self) -> None:
        shelf = files_system("shelf", "wms", "movements").replace('csv"}', 'csv", settle: 0s}')
        store = files_system("storefront", "storefront").replace('csv"}', 'csv", settle: 0s}')
        self.configure(
            f"business: {{name: Harbor & Pine}}\nsystems:\n{shelf}{store}"
            "facts:\n  on_hand: {owner: shelf}\n"
            "mirrors:\n  - {system: storefront, fact: on_hand, expects: on_hand}\n"
            "catalog: {items: catalog.csv}\n"
            "structural: {rule: rate_only}\n"
            "mail: {to: [ops@example.com], from: pipeline@example.com}\n"
        )
        self.write("catalog.csv", "sku\n" + "\n".join(f"S{n:03}" for n in range(SKUS)) + "\n")

    def say(self, hour: str, **gaps: int) -> None:
        """Drop both exports of an hour; the storefront is off by ``gaps``."""
        units = {f"S{n:03}": 14 for n in range(SKUS)}
        for system in ("shelf", "storefront"):
            lines = [
                f"{sku} L1 on_hand {count + (gaps.get(sku, 0) if system != 'shelf' else 0)} "
                f"{hour[11:16]}"
                for sku, count in units.items()
            ]
            self.drop(system, "counts", hour, "\n".join([COUNTS, *lines]))
        self.drop("shelf", "movements", hour, MOVEMENTS)

    def work(self, *hours: str, **gaps: int) -> list[int]:
        codes = []
        for hour in hours:
            self.say(hour, **gaps)
            codes.append(self.run(hour))
        return codes

    def ask(self, *words: str) -> Outcome:
        return call("--config", self.config, *words)

    def tell(self, day: str, *words: str) -> Outcome:
        return self.ask("report", "--date", day, *words)

    def mails(self, kind: str) -> list[EmailMessage]:
        paths = sorted((self.folder / "local" / "mails").glob(f"{kind}*.eml"))
        return [message_from_bytes(path.read_bytes(), policy=default) for path in paths]  # type: ignore[misc]

    def age(self, **instants: timedelta) -> None:
        """Move instants of the heartbeat file into the past, as if so much time had gone by."""
        path = self.folder / "local" / "heartbeat.json"
        known = json.loads(path.read_text(encoding="utf-8"))
        for name, ago in instants.items():
            known[name] = (datetime.now(UTC) - ago).strftime("%Y-%m-%dT%H:%M:%SZ")
        path.write_text(json.dumps(known), encoding="utf-8")


@pytest.fixture
def day(tmp_path: Path) -> Day:
    shop = Day(tmp_path)
    shop.configure_day()
    return shop


@pytest.fixture(scope="module")
def monday(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Day, Outcome]]:
    """Return Monday checked whole, and what its report said while one hour was still missing."""
    shop = Day(tmp_path_factory.mktemp("monday"))
    shop.configure_day()
    shop.work(*MONDAY[:2], *MONDAY[3:])
    early = shop.tell("2026-04-06")
    shop.work(MONDAY[2])
    return shop, early


@pytest.mark.slow
def test_24_of_24_hours_and_no_gap_is_all_clear_with_every_section(
    monday: tuple[Day, Outcome],
) -> None:
    shop, _ = monday
    outcome = shop.tell("2026-04-06", "--send")
    assert outcome.code == 0

    [mail] = shop.mails("daily")
    assert mail["Subject"] == (
        "[Harbor & Pine] ALL CLEAR 2026-04-06: 564 checked, 0 gaps; 24 of 24 hours (#1)"
    )
    text = mail.get_body(("plain",)).get_content()
    for section in (
        "Needs judgement (0)", "Hours checked, 24 of 24", "Sources, 3 of 3 complete",
        "Compared in the last check", "Cleared in the day", "Accuracy", "Structural drift",
        "Risk, both directions apart", "All open findings (0)", "What this may cost",
        "Corrections proposed (0)", "Count tasks (0)", "Fixes made", "Stock alerts",
        "Outbox queue", "Negative stock", "Authority", "next due",
    ):  # fmt: skip
        assert section in text
    assert "Drift rate: 0% (0 of 564 SKUs)" in text

    summary = shop.one("summaries")
    assert (summary["status"], summary["hours_expected"], summary["hours_done"]) == (
        "ALL CLEAR", 24, 24,
    )  # fmt: skip
    assert summary["sequence"] == 1


@pytest.mark.slow
def test_23_of_24_hours_is_incomplete(monday: tuple[Day, Outcome]) -> None:
    _, early = monday
    assert early.code == 1
    assert early.out.startswith("INCOMPLETE")
    assert "23 of 24 hours checked (1 never ran)" in early.out


@pytest.mark.slow
def test_the_report_run_again_is_one_mail(monday: tuple[Day, Outcome]) -> None:
    shop, _ = monday
    outcomes = [shop.tell("2026-04-06", "--send") for _ in range(3)]
    assert {outcome.code for outcome in outcomes} == {0}
    assert "already sent as #1" in outcomes[-1].out
    assert len(shop.mails("daily")) == 1


@pytest.mark.slow
def test_24_hours_unreconciled_show_a_backlog_of_24(monday: tuple[Day, Outcome]) -> None:
    shop, _ = monday
    outcome = shop.tell("2026-04-07")
    assert outcome.code == 1
    assert "0 of 24 hours checked (24 never ran)" in outcome.out
    assert "Backlog: 24 hours without a finished check, oldest 2026-04-07 00:00 UTC" in outcome.out


@pytest.mark.slow
def test_an_hour_that_raised_is_failed_and_neither_unrun_nor_empty(day: Day) -> None:
    day.work(*MONDAY[:2])
    catalog = (day.folder / "catalog.csv").read_text(encoding="utf-8")
    (day.folder / "catalog.csv").unlink()
    assert day.work(MONDAY[2]) == [2]
    day.write("catalog.csv", catalog)
    day.work(MONDAY[3])

    told = json.loads(day.tell("2026-04-06", "--json").out)

    states = [hour["state"] for hour in told["attendance"]["hours"][:5]]
    assert states == ["done", "done", "failed", "done", "never_ran"]
    assert "catalog.csv" in told["attendance"]["hours"][2]["note"]
    assert told["status"] == "INCOMPLETE"
    assert day.one("cycles", hour_at=datetime(2026, 4, 6, 2, tzinfo=UTC))["status"] == "failed"


def test_nothing_sent_an_hour_after_it_was_due_fires_the_dead_mans_switch(day: Day) -> None:
    day.work(MONDAY[0])
    assert day.ask("watch").code == 0

    day.age(installed_at=timedelta(days=2))

    outcome = day.ask("watch")
    assert outcome.code == 2
    assert "is not begun" in outcome.out


def test_a_stopped_daemon_fails_the_outside_check_though_no_sensor_runs(day: Day) -> None:
    day.work(MONDAY[0])
    day.age(run_at=timedelta(hours=27))

    outcome = day.ask("watch")

    assert outcome.code == 2
    assert "no hourly run for 1 d 3 h" in outcome.out


@pytest.mark.slow
def test_the_same_gap_in_three_hours_is_one_notice(day: Day) -> None:
    codes = []
    for hour in MONDAY[:3]:
        assert day.work(hour, S001=-8) == [1]
        codes.append(day.ask("notify").code)

    assert codes == [1, 0, 0]
    [notice] = day.mails("notice")
    text = notice.get_body(("plain",)).get_content()
    assert "S001 at L1 [major -8]" in text
    assert "S001" not in notice["Subject"]


@pytest.mark.slow
def test_an_open_major_is_attention_for_mail_and_watch_alike(day: Day) -> None:
    day.work(*MONDAY, S001=-8)
    assert day.tell("2026-04-06", "--send").code == 1
    [mail] = day.mails("daily")
    assert mail["Subject"] == (
        "[Harbor & Pine] ATTENTION 2026-04-06: 1 major, 0 notable; 24 of 24 hours (#1)"
    )
    assert day.ask("watch").code == 1


@pytest.mark.slow
def test_a_backfill_tells_nobody_and_signs_nothing(day: Day) -> None:
    day.work(*MONDAY[:3], S001=-8)
    before = (day.folder / "local" / "heartbeat.json").read_bytes()

    assert day.do("backfill", "--from", MONDAY[0], "--to", MONDAY[2]) in (0, 1)

    assert (day.folder / "local" / "heartbeat.json").read_bytes() == before
    assert day.mails("") == []
