"""Cards: what is known of the kinds of system that have a connector of their own."""

from inventory_pipeline.connectors.card import Card
from inventory_pipeline.wiring.house import find_entry_points


def find_cards() -> dict[str, Card]:
    """Return connector → its card, for every installed connector that has one."""
    loaded = {name: point.load() for name, point in sorted(find_entry_points().items())}
    cards = {name: getattr(connector, "card", None) for name, connector in loaded.items()}
    return {name: card for name, card in cards.items() if isinstance(card, Card)}
