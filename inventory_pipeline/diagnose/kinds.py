"""Kinds: which movements count as what, for the causes that tell them apart."""

from inventory_pipeline.diagnose.case import Case, Move
from inventory_pipeline.model.movements import SELLABLE_DISPOSITIONS

ORDER = "order_placed"
ORDERS = (ORDER, "pos_sale")
LEAVING = ("shipment", "damage", "write_off", "transfer_out")
# A message in one of these states is not tried again.
GIVEN_UP = ("failed", "dropped", "dead", "expired", "discarded", "rejected")
# What a system calls its own programs; any other actor is taken for a person.
PROGRAMS = (
    "", "3pl", "allocation", "api", "app", "automation", "batch", "books", "bot", "bulk",
    "checkout", "connector", "courier", "cron", "daemon", "engine", "etl",
    "edi", "erp", "feed", "import", "integration", "job", "loader", "marketplace", "middleware",
    "orders", "plugin", "pos", "returns", "rule", "rules", "scanner", "scheduler", "script",
    "service", "shop", "storefront", "sync", "system", "threepl", "till", "webhook", "wms",
    "worker",
)  # fmt: skip


def is_good_return(move: Move) -> bool:
    """Return whether a box came back that may be sold again."""
    return move.kind == "return_received" and move.disposition.lower() in SELLABLE_DISPOSITIONS


def is_stained_return(move: Move) -> bool:
    """Return whether a box came back that may not be sold."""
    return move.kind == "return_received" and not is_good_return(move)


def is_physical_count(move: Move, moves: tuple[Move, ...]) -> bool:
    """Return whether somebody counted, or wrote down what a count found."""
    if move.kind == "count":
        return True
    names = set(move.names)
    return move.kind == "adjustment" and any(
        m.kind == "count" and names.intersection(m.names) for m in moves
    )


def is_person(actor: str) -> bool:
    """Return whether a change was made by hand, as far as its actor tells."""
    if "_" in actor:  # a path's name, as configurations write them
        return False
    words = actor.lower().replace(":", " ").replace("-", " ").split()
    return bool(words) and not any(word in PROGRAMS for word in words)


def is_program(actor: str) -> bool:
    """Return whether a change was made by a program that says its name."""
    return bool(actor.strip()) and not is_person(actor)


def has_kind(moves: tuple[Move, ...], *kinds: str) -> bool:
    """Return whether a business transaction holds a movement of one of the kinds."""
    return any(move.kind in kinds for move in moves)


def find_counts(case: Case) -> tuple[str, ...]:
    """Return the newest counts of the item, newest first: two, since bins come in pairs."""
    counts = [m.movement_id for m in case.moves or () if m.kind == "count"]
    return tuple(reversed(counts))[:2]


def find_last(case: Case, *kinds: str) -> tuple[str, ...]:
    """Return the newest movement of these kinds, if there is one."""
    return tuple(m.movement_id for m in case.moves or () if m.kind in kinds)[-1:]
