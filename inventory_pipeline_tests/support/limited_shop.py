"""A shop whose assistant may act: sixty items, one lost restock, every log there is."""

from inventory_pipeline_tests.support.shop import MOVEMENTS, Shop, files_system

HOURS = ("2026-04-06T07:00Z", "2026-04-06T08:00Z", "2026-04-06T09:00Z", "2026-04-06T10:00Z")
LAST = HOURS[-1]
COUNTS = "item_id location_id fact quantity as_of"
LEVELS = "change_id item_id location_id fact operation quantity changed_at reference_id"
ITEMS = [f"S-{number:03d}" for number in range(120)]
LOST = "S-000"


def configure(shop: Shop, *, mode: str = "limited", more: str = "") -> None:
    shelf = files_system("shelf", "wms", "movements")
    storefront = files_system(
        "storefront", "storefront", "levels", decrements_at="shipment", writes="[available]"
    )
    shop.configure(
        f"business: {{name: Test}}\nsystems:\n{shelf}{storefront}"
        "facts:\n  on_hand: {owner: shelf}\n"
        'mirrors:\n  - {system: storefront, fact: available, expects: "on_hand"}\n'
        f"assistant: {{mode: {mode}}}\n{more}"
    )


def drop(
    shop: Shop,
    hour: str,
    *,
    gap: int,
    seen: dict[str, int] | None = None,
    shelf: dict[str, int] | None = None,
) -> None:
    """Write an hour; in the last one a restock of ``gap`` never reached the storefront.

    A later restock of the same item did: the path works, and the one word is lost.
    """
    is_last, clock = hour == LAST, hour[11:13]
    owned = dict.fromkeys(ITEMS, 20)
    front = dict(owned)
    if is_last:
        owned[LOST] += gap + 1
        front[LOST] += 1
    owned |= shelf or {}
    front |= seen or {}
    for system, fact, levels in (("shelf", "on_hand", owned), ("storefront", "available", front)):
        rows = [f"{sku} L1 {fact} {units} {clock}:55" for sku, units in levels.items()]
        shop.drop(system, "counts", hour, "\n".join([COUNTS, *rows]))
    moved = [f"{MOVEMENTS} reference_id"]
    heard = [LEVELS]
    if is_last:
        moved += [
            f"W-1 receipt {LOST} L1 {gap} {clock}:05 PO-1",
            f"W-2 receipt {LOST} L1 1 {clock}:20 PO-2",
        ]
        heard += [f"C-2 {LOST} L1 available add 1 {clock}:21 W-2"]
    shop.drop("shelf", "movements", hour, "\n".join(moved))
    shop.drop("storefront", "levels", hour, "\n".join(heard))


def live(shop: Shop, *, gap: int) -> None:
    """Run every hour of the morning."""
    for hour in HOURS:
        drop(shop, hour, gap=gap)
        shop.run(hour)
