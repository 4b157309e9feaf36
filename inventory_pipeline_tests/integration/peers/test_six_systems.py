"""A day of six live systems: what is put into them is found, and nothing else."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from inventory_pipeline.model.hours import compute_key
from inventory_pipeline.wiring.daily import report_day
from inventory_pipeline_tests.integration.peers.six import (
    HOURS,
    STOCK,
    TILL_PASSWORD,
    Six,
    six_systems,
)
from inventory_pipeline_tests.integration.peers.sshd import find_sshd
from inventory_pipeline_tests.integration.peers.vendure import find_missing
from inventory_pipeline_tests.support.postgres import find_programs

pytestmark = [pytest.mark.peer, pytest.mark.slow]

MIRRORS = ("erp", "storefront", "till", "supplier", "marketplace")
WRONG_OFFERS = [f"S-{number:05d}" for number in range(20, 25)]
WRONG_TILL = [f"S-{number:05d}" for number in range(30, 33)]
# Hour → (system, what is to be said of its snapshot).
DOUBTED = {
    7: ("storefront", "missing"),
    9: ("supplier", "failed"),
    11: ("marketplace", "missing"),
    13: ("till", "failed"),
    21: ("marketplace", "partial"),
}
# (mirror, item) → delta, hour it was first seen in, hour it was gone in.
GAPS: dict[tuple[str, str], tuple[int, int, int | None]] = {
    ("erp", "S-00010"): (-3, 2, 15),
    **{("storefront", sku): (5, 4, None) for sku in WRONG_OFFERS},
    **{("till", sku): (-2, 6, None) for sku in WRONG_TILL},
    **{(mirror, "S-00040"): (4, 17, None) for mirror in MIRRORS},
}


def _stop_storefront(six: Six) -> None:
    six.vendure.kill_server()


def _start_storefront(six: Six) -> None:
    six.vendure.start_server()


# Hour → what happens before it is looked at. Files are dropped by every hour.
EVENTS: dict[int, Callable[[Six], None]] = {
    2: lambda six: six.count("erp", "S-00010", STOCK["S-00010"] - 3),
    4: lambda six: six.sell_wrongly({sku: STOCK[sku] + 5 for sku in WRONG_OFFERS}),
    6: lambda six: six.ring_up({sku: STOCK[sku] - 2 for sku in WRONG_TILL}),
    7: _stop_storefront,
    8: _start_storefront,
    13: lambda six: six.set_till_password("another"),
    14: lambda six: six.set_till_password(TILL_PASSWORD),
    15: lambda six: six.count("erp", "S-00010", STOCK["S-00010"]),
    17: lambda six: six.count("threepl", "S-00040", STOCK["S-00040"] - 4),
    19: lambda six: six.supplies.update({"S-00050": "12.5"}),
    20: lambda six: six.supplies.update({"S-00050": STOCK["S-00050"]}),
}  # fmt: skip


@pytest.fixture(scope="module")
def day(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Six]:
    """Let a day pass."""
    if find_programs() is None or find_sshd() is None:
        pytest.skip(
            "needs PostgreSQL and OpenSSH servers; apt-get install postgresql openssh-server"
        )
    if missing := find_missing():
        pytest.skip(missing)
    with six_systems(Path(tmp_path_factory.mktemp("six"))) as six:
        for number in range(HOURS):
            EVENTS.get(number, lambda _six: None)(six)
            twice = f"S-00060,MAIN,on_hand,1,{compute_key(six.find_hour(21))}\n"
            six.drop_files(
                number, is_cut=number == 9, has_offer=number != 11, more=twice * (number == 21)
            )
            six.run(number)
        yield six


def find_number(six: Six, moment: Any) -> int | None:
    return None if moment is None else round((moment - six.begin).total_seconds() / 3600)


def test_every_gap_that_was_made_is_found_in_its_hour_and_no_other(day: Six) -> None:
    found = {
        (row["mirror"], row["sku"]): (
            row["delta_units"],
            find_number(day, row["opened_at"]),
            find_number(day, row["cleared_at"]),
        )
        for row in day.shop.find("findings", kind="gap")
    }
    assert found == GAPS


def test_every_source_is_whole_but_those_that_were_broken(day: Six) -> None:
    rows = day.shop.export("snapshots")
    doubted = {
        find_number(day, row["hour_at"]): (row["system"], row["status"])
        for row in rows
        if row["status"] != "complete"
    }
    assert doubted == DOUBTED
    assert len(rows) == HOURS * (len(MIRRORS) + 1)


def test_a_row_that_is_no_number_is_set_aside_and_named(day: Six) -> None:
    [row] = [row for row in day.shop.export("quarantine") if "12.5" in row["raw"]]
    assert (row["system"], find_number(day, row["hour_at"])) == ("supplier", 19)


def test_nothing_else_is_said_but_that_gaps_which_stay_are_the_wiring(day: Six) -> None:
    kinds = {row["kind"] for row in day.shop.export("findings")}
    assert kinds == {"gap", "structural"}
    told = json.loads(day.shop.one("findings", kind="structural")["details"])
    assert told["consistent_gaps"] > 0


def test_the_days_mail_arrives_encrypted_and_names_what_stands(day: Six) -> None:
    _, delivery = report_day(day.house, day.find_hour(HOURS - 1).date(), send=True)
    assert delivery is not None
    [mail] = day.postmaster.mails
    assert day.postmaster.was_encrypted
    text = mail.get_body(("plain",)).get_content()
    assert "S-00040" in text
    for secret in (TILL_PASSWORD, day.tryton.key, day.vendure.password):
        assert secret not in mail.as_string()
