"""F-41: identifiers that look alike are never merged silently."""

from inventory_pipeline_tests.faults.conftest import TEN, Pair

ALIKE = [
    "85123A",
    "85123a",
    "85123\u0410",
    "85123A\u00a0",
    "85123A\u200b",
    "cafe\u0301",
    "caf\u00e9",
]


def test_F_41_every_spelling_stays_an_item_of_its_own(pair: Pair) -> None:
    units = {sku: place + 1 for place, sku in enumerate(ALIKE)}
    pair.agree(TEN, units)
    header = "item_id,location_id,fact,quantity,as_of"
    for system in ("shelf", "storefront"):
        rows = "\n".join(f'"{s}",L1,on_hand,{u},{TEN[:13]}:00:00Z' for s, u in units.items())
        pair.write(f"exports/{system}/counts-2026-04-06T10.csv", f"{header}\n{rows}\n")

    assert pair.run(TEN) == 0

    assert {r["sku"]: r["owner_units"] for r in pair.export("facts")} == units


def test_F_41_a_control_character_in_an_identifier_is_refused(pair: Pair) -> None:
    pair.agree(TEN, {"A": 1})
    pair.write(
        "exports/storefront/counts-2026-04-06T10.csv",
        "item_id,location_id,fact,quantity,as_of\n"
        f'A,L1,on_hand,1,{TEN[:13]}:00:00Z\n"B\nC",L1,on_hand,1,{TEN[:13]}:00:00Z\n',
    )

    pair.run(TEN)

    [row] = pair.export("quarantine")
    assert row["reason"] == "item_id holds a control character"
