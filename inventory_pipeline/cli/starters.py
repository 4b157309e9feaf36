"""Starters: the systems that ``init`` can begin a configuration with."""

from collections.abc import Mapping
from dataclasses import dataclass
from textwrap import dedent, indent

from inventory_pipeline.cli.samples import SYSTEMS
from inventory_pipeline.connectors.card import Card
from inventory_pipeline.errors import UsageError

# Who may own what lies on the shelf, by profile, and why.
ROLES = {
    "shelf_of_record": ("wms",),
    "wms_of_record": ("wms", "threepl"),
    "erp_of_record": ("erp",),
}
REASONS = {
    "shelf_of_record": "a bin can be walked to and counted",
    "wms_of_record": "the warehouse sees every pick, pack and receipt as it happens",
    "erp_of_record": "the ERP's number is the one the books are closed on",
}
_SELLERS = ("storefront", "marketplace", "pos")
_INDENT = " " * 4


@dataclass(frozen=True)
class Starter:
    """One system of a configuration that begins.

    Attributes:
        lines: everything under its name, as YAML, set in as it stands in the file.
        fact: what it is compared by.
        tells_orders: its movements say what is ordered and not yet shipped.
    """

    name: str
    role: str
    lines: str
    fact: str
    tells_orders: bool


def choose(text: str, cards: Mapping[str, Card]) -> list[Starter]:
    """Return the starters that ``--systems`` names, in its order.

    Raises:
        UsageError: a name that is neither a sample system nor a connector with a card.
    """
    named = list(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    for name in named:
        if name not in SYSTEMS and name not in cards:
            known = ", ".join([*SYSTEMS, *cards])
            raise UsageError(f"--systems names {name!r}; init knows {known}")
    teller = "shelf" if "shelf" in named else "erp"
    return [
        _describe_sample(name, is_teller=name == teller)
        if name in SYSTEMS
        else _describe_vendor(name, cards[name])
        for name in named
    ]


def find_owner(starters: list[Starter], profile: str | None) -> tuple[Starter, str]:
    """Return who owns on_hand, and the profile that makes it so.

    Raises:
        UsageError: nobody fits, or there is nobody to compare with.
    """
    profiles = [profile] if profile else ["shelf_of_record", "wms_of_record", "erp_of_record"]
    for wanted in profiles:
        for starter in starters:
            if starter.role in ROLES[wanted] and len(starters) > 1:
                return starter, wanted
    if len(starters) > 1:
        roles = " or ".join(sorted({role for name in profiles for role in ROLES[name]}))
        given = ", ".join(f"{starter.name} ({starter.role})" for starter in starters)
        raise UsageError(
            f"{profile or 'on_hand'} wants an owner of the kind {roles}; "
            f"--systems names {given}; add one, such as shelf"
        )
    raise UsageError("--systems wants two systems at least: an owner, and one to compare with it")


def _describe_sample(name: str, *, is_teller: bool) -> Starter:
    role = "wms" if name == "shelf" else name
    moment = "order" if name == "storefront" else "shipment"
    told = f"  movements: exports/{name}/movements-{{hour}}.csv\n" if is_teller else ""
    lines = (
        f"role: {role}\n"
        "connector: files\n"
        "options:\n"
        f"  counts: exports/{name}/counts-{{hour}}.csv\n"
        f"{told}"
        f"decrements_at: {moment}\n"
        'sync: {trigger: event}     # event | poll | batch (every: 4h or at: "22:00")\n'
        "max_age: 90m               # older than this is late\n"
    )
    fact = _find_fact(role, ("on_hand", "available"))
    return Starter(name, role, indent(lines, _INDENT), fact, is_teller)


def _describe_vendor(name: str, card: Card) -> Starter:
    lines = (
        f"role: {card.role}\n"
        f"connector: {name}  # {card.title}\n"
        f"# The credential: {card.credential_at}\n"
        f"options:\n{indent(dedent(card.options).strip(), '  ')}\n"
        f"decrements_at: {card.decrements_at}\n"
    )
    if card.absent_means != "unknown":
        lines += f"snapshot: {{absent_means: {card.absent_means}}}\n"
    if card.time_zone:
        lines += f"time_zone: {card.time_zone}\n"
    fact = _find_fact(card.role, card.facts)
    return Starter(name, card.role, indent(lines, _INDENT), fact, card.tells_orders)


def _find_fact(role: str, facts: tuple[str, ...]) -> str:
    """Return what a system is compared by: who sells shows what is free."""
    if role in _SELLERS and "available" in facts:
        return "available"
    return "on_hand" if "on_hand" in facts else facts[0]
