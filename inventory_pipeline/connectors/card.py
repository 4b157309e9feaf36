"""Card: what is known of a kind of system before it is asked anything."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from inventory_pipeline.model.delivery import DeliveryClass


@dataclass(frozen=True)
class Card:
    """One vendor's system, for ``init``, ``doctor`` and the documentation.

    Attributes:
        title: its name and the versions this connector speaks to.
        role: what it usually is in a business; decrements_at: the moment its number falls.
        quantities: their name of a quantity → what it counts, in our terms. A name that is
            not here is refused: nobody knows what it would mean.
        facts, feeds: what it gives with the options that init writes; tells_orders: whether
            its movements then say what is ordered and not yet shipped.
        absent_means: what an item means that is not in a whole answer.
        time_zone: of times that come without one; empty: all come with one.
        reads, writes: the least rights that reading and writing take, as the vendor calls them.
        delivery: class of its writes (reliability A2); None: it is only read.
        key_lifetime: how long it remembers a key, in words.
        credential_at: where to click for the credential.
        options: the lines under ``options:`` that ``init`` writes; {env: NAME} for secrets.
    """

    title: str
    role: str
    decrements_at: Literal["order", "shipment"]
    quantities: Mapping[str, str]
    options: str
    credential_at: str
    facts: tuple[str, ...] = ("on_hand",)
    feeds: tuple[str, ...] = ("counts",)
    tells_orders: bool = False
    absent_means: Literal["unknown", "zero", "deleted"] = "unknown"
    time_zone: str = ""
    reads: tuple[str, ...] = ()
    writes: tuple[str, ...] = ()
    delivery: DeliveryClass | None = None
    key_lifetime: str = ""

    def check_facts(self, facts: Mapping[str, str]) -> None:
        """Raise ValueError for a fact that is read from a quantity nobody has declared."""
        for fact, quantity in facts.items():
            if quantity not in self.quantities:
                known = ", ".join(self.quantities)
                raise ValueError(
                    f"facts.{fact}: {quantity!r} has no declared meaning; known: {known}"
                )
