"""Identity: what each system calls an item, a location and a unit."""

from inventory_pipeline.simulator.words import EAST, ERP, MAIN, STOREFRONT, THREEPL, Item

THEIR_LOCATIONS = {
    (ERP, MAIN): "0010",
    (ERP, EAST): "0020",
    (STOREFRONT, MAIN): "loc-8801",
    (STOREFRONT, EAST): "loc-8802",
    (THREEPL, EAST): "E2",
}


def find_location_id(system: str, location_id: str) -> str:
    """Return the system's name of a location; the shelf uses ours."""
    return THEIR_LOCATIONS.get((system, location_id), location_id)


def find_item_id(system: str, sku: str, item: Item | None) -> str:
    """Return the system's name of an item; a ghost (no item) goes by its sku everywhere."""
    if item is None or system not in (ERP, THREEPL):
        return sku
    return item.item_id_erp if system == ERP else f"HP-{sku}"


def find_unit(item: Item) -> str:
    """Return the unit in which the ERP counts an item."""
    return "CS" if item.case_units > 1 else "EA"
