"""Scenario 3: hourly ingest, a missing source, and hours computed again."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

import pytest

from inventory_pipeline.wiring.hourly import run_hour
from inventory_pipeline.wiring.house import build_house
from inventory_pipeline_tests.support.shop import COUNTS, Shop, at, files_system

EIGHT, NINE, TEN = (f"2026-04-06T{hour:02d}:00Z" for hour in (8, 9, 10))
THREE = "2026-04-06T03:00Z"


@dataclass(frozen=True)
class StoppedClock:
    """A clock that shows one instant."""

    moment: datetime

    def now(self) -> datetime:
        return self.moment


class Refusing(BaseHTTPRequestHandler):
    """An ERP that answers 503 to everything."""

    def do_GET(self) -> None:
        self.send_response(503)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def broken_erp() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Refusing)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}"
    server.shutdown()
    thread.join()
    server.server_close()


def configure(shop: Shop, *, erp: str = "", second_market: bool = False) -> None:
    erp_system = (
        files_system("erp", "erp")
        if not erp
        else "  erp: {role: erp, connector: rest, options: {base_url: "
        f'"{erp}", retries: 0, feeds: {{counts: {{path: /stock, rows: items, '
        "columns: {item_id: sku, location_id: {constant: L1}, fact: {constant: on_hand}, "
        "quantity: qty, as_of: at}}}}}\n"
    )
    systems = (
        files_system("shelf", "wms") + erp_system + files_system("threepl", "threepl")
        + files_system("market_one", "marketplace")
        + (files_system("market_two", "marketplace") if second_market else "")
    )  # fmt: skip
    names = ["erp", "threepl", "market_one", *(["market_two"] if second_market else [])]
    mirrors = "".join(f"  - {{system: {n}, fact: on_hand, expects: on_hand}}\n" for n in names)
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{systems}"
        f"facts:\n  on_hand: {{owner: shelf}}\nmirrors:\n{mirrors}"
    )


def drop_hour(shop: Shop, hour: str, *, systems: tuple[str, ...]) -> None:
    time = hour[11:16]
    for system in systems:
        bins = f"A L1 on_hand 1 {time} b1\nA L1 on_hand 1 {time} b2"
        whole = f"A L1 on_hand 2 {time} -"
        rows = bins if system == "shelf" else whole
        extra = f"\nUNMAPPED L1 on_hand 7 {time} -" if system == "threepl" else ""
        shop.drop(system, "counts", hour, f"{COUNTS} bin\n{rows}{extra}")


FILES = ("shelf", "threepl", "market_one")


@pytest.fixture
def morning(shop: Shop, broken_erp: str) -> Shop:
    """Return a shop whose ERP spoke at 8 and 9 and answers 503 at 10."""
    configure(shop)
    for hour in (EIGHT, NINE):
        drop_hour(shop, hour, systems=(*FILES, "erp"))
        shop.run(hour)
    configure(shop, erp=broken_erp)
    drop_hour(shop, TEN, systems=FILES)
    return shop


@pytest.mark.slow
def test_a_source_that_does_not_answer_is_missing_and_never_zero(morning: Shop) -> None:
    assert morning.run(TEN) == 1

    row = morning.one("snapshots", "--hour", TEN, system="erp")
    assert row["status"] == "missing"
    assert morning.find("findings", mirror="erp") == []
    erp = morning.find("comparisons", "--hour", TEN, mirror="erp")
    assert [(r["status"], r["observed_units"]) for r in erp] == [("unknown", None)]
    assert morning.one("cycles", "--hour", TEN)["status"] == "incomplete"


@pytest.mark.slow
def test_a_503_at_the_hour_itself_is_missing_too(morning: Shop) -> None:
    house = build_house(morning.config, clock=StoppedClock(at(TEN) + timedelta(minutes=65)))

    result = run_hour(house, at(TEN))

    assert result.needs_a_person
    row = morning.one("snapshots", "--hour", TEN, system="erp")
    assert row["status"] == "missing"
    assert "503" in row["reason"]
    assert morning.find("findings", mirror="erp") == []


@pytest.mark.slow
def test_an_hour_run_twice_doubles_nothing(morning: Shop) -> None:
    morning.run(TEN)
    once = {name: morning.export(name, "--hour", TEN) for name in ("facts", "comparisons")}

    morning.run(TEN)

    for name, rows in once.items():
        assert morning.export(name, "--hour", TEN) == rows
    assert len(morning.find("snapshots", "--hour", TEN)) == 4


@pytest.mark.slow
def test_bins_are_summed_and_kept(morning: Shop) -> None:
    morning.run(TEN)

    assert morning.one("facts", "--hour", TEN, sku="A")["owner_units"] == 2
    assert morning.do("explain", "A", "--hour", TEN) == 0


@pytest.mark.slow
def test_an_hour_nobody_saw_is_not_filled_with_the_present(morning: Shop) -> None:
    morning.run(TEN)
    drop_hour(morning, THREE, systems=FILES)

    assert morning.do("backfill", "--from", THREE, "--to", THREE) == 1

    assert morning.one("cycles", "--hour", THREE)["status"] == "missed"
    assert {r["status"] for r in morning.export("snapshots", "--hour", THREE)} == {"missing"}
    assert morning.export("facts", "--hour", THREE) == []


@pytest.mark.slow
def test_a_live_source_cannot_be_asked_about_the_past(morning: Shop) -> None:
    morning.run(TEN)

    row = morning.one("snapshots", "--hour", TEN, system="erp")
    assert row["reason"] == f"{TEN} was not observed and cannot be now"


@pytest.mark.slow
def test_hours_computed_again_have_no_side_effect(morning: Shop) -> None:
    morning.run(TEN)
    configure(morning)
    before = {name: morning.export(name) for name in ("proposals", "tasks", "comparisons")}
    files = sorted(p for p in (morning.folder / "local/landing").rglob("*") if p.is_file())

    morning.do("backfill", "--from", EIGHT, "--to", NINE)

    assert {name: morning.export(name) for name in before} == before
    after = sorted(p for p in (morning.folder / "local/landing").rglob("*") if p.is_file())
    assert after == files
    assert not (morning.folder / "local/mails").exists()


@pytest.mark.slow
def test_identifiers_nobody_mapped_are_listed(morning: Shop) -> None:
    morning.run(TEN)

    [ghost] = morning.find("findings", "--hour", TEN, **{"class": "ghost"})
    assert (ghost["sku"], ghost["mirror"], ghost["observed_units"]) == ("UNMAPPED", "threepl", 7)


@pytest.mark.slow
def test_a_second_marketplace_is_there_next_hour_by_configuration_alone(morning: Shop) -> None:
    morning.run(TEN)
    configure(morning, second_market=True)
    eleven = "2026-04-06T11:00Z"
    drop_hour(morning, eleven, systems=(*FILES, "erp", "market_two"))

    morning.run(eleven)

    rows = morning.find("comparisons", "--hour", eleven, mirror="market_two")
    assert [(r["sku"], r["delta_units"]) for r in rows] == [("A", 0)]
    assert morning.find("comparisons", mirror="market_two", hour_at=at(TEN)) == []
