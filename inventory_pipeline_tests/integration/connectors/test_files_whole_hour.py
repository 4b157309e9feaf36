"""A whole hour through the front door: a 3PL by EDI over SFTP, and a till by Excel."""

import sys

import pytest

from inventory_pipeline.ingest.landing import Landing
from inventory_pipeline.model.hours import parse_hour
from inventory_pipeline_tests.support.far_files import write_secret
from inventory_pipeline_tests.support.sftp_server import PASSWORD, USER, serving_sftp
from inventory_pipeline_tests.support.shop import Shop, at
from inventory_pipeline_tests.support.x12_files import write_document
from inventory_pipeline_tests.support.xlsx_files import HEADER, build_xlsx

TEN, SLUG = "2026-04-06T10:00Z", "2026-04-06T10"
COUNT = [
    "BIA*00*SI*RPT-1*20260406*0500",  # ten o'clock in London, five in Chicago
    "N1*WH*Main*92*L1",
    "LIN*1*SK*00123", "QTY*17*12*EA",
    "LIN*2*SK*1e5", "QTY*17*3*EA",
    "LIN*3*SK*MUG", "QTY*17*2*CA",
    "CTT*3",
]  # fmt: skip
SHIPMENT = [
    "W06*F*SO-9*20260406*SHIP-9",
    "N1*WH*Main*92*L1",
    "W12*CC*1*1**EA**SK*00123",
    "W12*CC*1*1**CA**SK*MUG",
]


@pytest.fixture
def partner(shop: Shop):
    out = shop.folder / "far" / "out"
    out.mkdir(parents=True)
    for name, kind, segments in (("846", "846", COUNT), ("945", "945", SHIPMENT)):
        body = write_document(kind, segments).replace(b"*20260406*1015*", b"*20260406*0455*")
        (out / f"{name}-{SLUG}.edi").write_bytes(body)
        (out / f"{name}-{SLUG}.edi.done").touch()
    with serving_sftp(shop.folder / "far") as server:
        write_secret(shop.folder, PASSWORD, "password")
        shop.configure(f"""
business: {{name: Test}}
systems:
  threepl:
    role: wms
    connector: files
    time_zone: America/Chicago
    options:
      server:
        kind: sftp
        host: 127.0.0.1
        port: {server.port}
        user: {USER}
        password: {{file: password}}
        host_key: "{server.fingerprint}"
        folder: /out
      counts: "846-{{hour}}.edi"
      movements: "945-{{hour}}.edi"
      done: true
      archive: read
      x12:
        facts: {{on_hand: "17"}}
  till:
    role: pos
    connector: files
    time_zone: UTC
    options: {{counts: "till-{{hour}}.xlsx"}}
facts:
  on_hand: {{owner: threepl}}
mirrors:
  - {{system: till, fact: on_hand, expects: on_hand}}
""")
        yield out


def test_an_hour_of_edi_and_excel_is_compared_like_any_other(shop, partner):
    time = "2026-04-06T10:00:00"
    rows = [("00123", "L1", "on_hand", 12, time), ("1e5", "L1", "on_hand", 4, time)]
    (shop.folder / f"till-{SLUG}.xlsx").write_bytes(build_xlsx(HEADER, rows))

    assert shop.run(TEN) in (0, 1)

    compared = {row["sku"]: row for row in shop.export("comparisons")}
    assert compared["00123"]["status"] == "match"
    assert (compared["1e5"]["owner_units"], compared["1e5"]["observed_units"]) == (3, 4)
    snapshots = {row["system"]: row for row in shop.find("snapshots", feed="counts")}
    refused = {row["feed"]: row["reason"] for row in shop.export("quarantine")}
    assert set(refused) == {"counts", "movements"}
    assert refused["counts"].startswith("unit 'CA' of MUG has no eaches_per_unit")
    assert snapshots["threepl"]["source_at"] == at(TEN)


def test_what_was_landed_is_in_the_partners_archive_and_the_hour_can_be_run_again(shop, partner):
    shop.run(TEN)
    names = {str(path.relative_to(partner)) for path in partner.rglob("*") if path.is_file()}
    assert names == {
        f"read/{name}-{SLUG}.edi{end}" for name in ("846", "945") for end in ("", ".done")
    }
    landing = Landing(shop.folder / "local" / "landing")
    first = landing.find("threepl", "counts", parse_hour(TEN))
    assert "sha256" in first.manifest.end_marker
    shop.run(TEN)
    assert landing.find("threepl", "counts", parse_hour(TEN)).manifest == first.manifest


def test_doctor_reads_the_partner_and_takes_nothing_away(shop, partner, capsys):
    before = sorted(partner.rglob("*"))
    shop.do("doctor", "--system", "threepl", "--hour", TEN, "--json")
    assert "3 rows, 0 unreadable, .done file seen" in capsys.readouterr().out
    assert sorted(partner.rglob("*")) == before


def test_an_hour_without_the_extra_says_so_and_is_read_once_it_is_there(shop, partner, monkeypatch):
    rows = [("00123", "L1", "on_hand", 12, "2026-04-06T10:00:00")]
    (shop.folder / f"till-{SLUG}.xlsx").write_bytes(build_xlsx(HEADER, rows))
    with monkeypatch.context() as bare:
        bare.setitem(sys.modules, "openpyxl", None)
        shop.run(TEN)
    till = shop.one("snapshots", system="till")
    assert till["status"] == "failed"
    assert "pip install 'inventory-pipeline[excel]'" in till["reason"]
    shop.run(TEN)
    assert shop.one("snapshots", system="till")["status"] == "complete"
