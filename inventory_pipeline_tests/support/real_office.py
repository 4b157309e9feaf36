"""An outbox at work with real writers: HTTP, SQL and folders behind the same journal."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

from inventory_pipeline.store.journal import open_journal
from inventory_pipeline_tests.support.outbox import Office
from inventory_pipeline_tests.support.receiver import Receiver
from inventory_pipeline_tests.support.write_databases import serving_sqlite
from inventory_pipeline_tests.support.write_targets import Target, serving_folder, serving_shop

SYSTEM = "shop"


@dataclass
class Desk:
    """One office with one real receiver."""

    office: Office
    target: Target

    def tell(self, sku: str = "A1", **words: Any) -> str:
        """Record one change of an item; return its receipt."""
        told = {"units": 5, "operation": "add", "fact": "on_hand", **words}
        [receipt_id] = self.office.tell("manual", told.pop("units"), sku=sku, **told)
        return receipt_id

    def deliver(self, passes: int = 1, *, minutes: float = 1) -> None:
        """Run some passes of the worker; time goes by after each."""
        for _ in range(passes):
            self.office.deliver()
            self.target.work()
            self.office.pass_minutes(minutes)

    def find(self, receipt_id: str) -> dict[str, Any]:
        return self.office.find(receipt_id)

    def ask(self, sql: str) -> list[dict[str, Any]]:
        return self.office.journal.query(sql)


def in_memory(office: Office, delivery_class: str = "A", *, level: int = 6) -> Receiver:
    """Give an office a receiver in memory with one item, S-1."""
    shop = Receiver(delivery_class, lambda: office.now)  # type: ignore[arg-type]
    shop.levels = {("S-1", "MAIN", "available"): level}
    office.receivers[SYSTEM] = shop
    return shop


@contextmanager
def working(kind: str, root: Path, numbers: dict[str, int], **write: Any) -> Iterator[Desk]:
    """Yield a desk whose receiver is ``rest``, ``graphql``, ``sqlite`` or ``files``."""
    with ExitStack() as stack:
        if kind == "sqlite":
            opened = serving_sqlite(root, numbers, **write)
        elif kind == "files":
            opened = serving_folder(root, numbers, **write)
        else:
            opened = serving_shop(kind, numbers, **write)
        target = stack.enter_context(opened)
        journal = stack.enter_context(open_journal(root / "journal.sqlite"))
        office = Office(journal, {SYSTEM: cast("Receiver", target.writer)})
        yield Desk(office, target)
