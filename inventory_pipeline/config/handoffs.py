"""Handoffs: the points a map of any shop has, and which of them this file's map lacks."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from inventory_pipeline.config.facts import Handoff
from inventory_pipeline.config.models import Settings

_SELLERS = ("storefront", "marketplace", "pos")
_KEEPERS = ("wms", "erp", "threepl")
_ORDERS = ("order_placed", "order_cancelled", "pos_sale")
_RETURNS = ("return_initiated", "return_received")
_GOODS = (
    "shipment", "pos_sale", "receipt", "return_received", "transfer_out", "transfer_in",
    "count", "adjustment", "damage", "write_off",
)  # fmt: skip
_LEVELS = ("on_hand", "available", "committed")


@dataclass(frozen=True)
class Point:
    """One place where systems hand over, in any shop that has both sides.

    Attributes:
        carries: one of these kinds or facts must travel there.
        words: what breaks without it.
    """

    name: str
    sources: tuple[str, ...]
    targets: tuple[str, ...]
    carries: tuple[str, ...]
    words: str


@dataclass(frozen=True)
class Missing:
    """A point of the template that no declared path covers, between two systems that need it."""

    point: Point
    source: str
    target: str


TEMPLATE = (
    Point("order_capture", _SELLERS, _KEEPERS, _ORDERS, "an order reaches who ships it, once"),
    Point(
        "erp_quantity_layer", ("wms", "threepl"), ("erp",), (*_GOODS, "on_hand"),
        "the ERP's quantity follows what came and went",
    ),
    Point(
        "threepl_confirmation", ("threepl",), ("storefront", "marketplace", "erp", "wms"),
        ("shipment",), "a shipment of the 3PL is confirmed to who sold it",
    ),
    Point(
        "storefront_read", ("erp", "wms", "threepl"), ("storefront", "marketplace"),
        (*_GOODS, *_LEVELS), "the storefront reads a level that is not stale",
    ),
    Point(
        "returns", (*_SELLERS, *_KEEPERS), (*_KEEPERS, *_SELLERS), _RETURNS,
        "a return raises stock where the box arrived, and only then",
    ),
)  # fmt: skip


def find_missing(settings: Settings) -> list[Missing]:
    """Return the points that the systems call for and the map lacks, in the template's order."""
    return [missing for point in TEMPLATE for missing in _find_missing(point, settings)]


def _find_missing(point: Point, settings: Settings) -> Iterator[Missing]:
    sources = _find_systems(point.sources, settings)
    targets = [name for name in _find_systems(point.targets, settings) if name not in sources[:1]]
    if sources and targets and not any(_covers(h, point, settings) for h in settings.handoffs):
        yield Missing(point, sources[0], targets[0])


def _find_systems(roles: Collection[str], settings: Settings) -> list[str]:
    """Return systems of these roles, in the order of the roles."""
    return [
        name for role in roles for name, system in settings.systems.items() if system.role == role
    ]


def _covers(handoff: Handoff, point: Point, settings: Settings) -> bool:
    """Return whether a path is that point: by its name, or by who hands what to whom.

    A middleware in between stands for either side.
    """
    if handoff.path == point.name:
        return True
    source, target = (settings.systems[name].role for name in (handoff.source, handoff.target))
    fits = source in (*point.sources, "middleware") and target in (*point.targets, "middleware")
    return fits and bool(set(handoff.carries) & set(point.carries))
