"""Identity: what each system calls an item and a unit; places carry their own names."""

from inventory_pipeline.simulator.layout import Layout
from inventory_pipeline.simulator.words import ERP, THREEPL, Item


def find_location_id(system: str, location_id: str, layout: Layout) -> str:
    """Return the system's name of a location; ours where it has none of its own."""
    return layout.find_place(location_id).names.get(system, location_id)


def find_item_id(system: str, sku: str, item: Item | None) -> str:
    """Return the system's name of an item; a ghost (no item) goes by its sku everywhere."""
    if item is None or system not in (ERP, THREEPL):
        return sku
    return item.item_id_erp if system == ERP else f"HP-{sku}"


def find_unit(item: Item) -> str:
    """Return the unit in which the ERP counts an item."""
    return "CS" if item.case_units > 1 else "EA"
