"""A shop that writes to a database: a shelf, and an ERP in SQLite with receipts on their way."""

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

from inventory_pipeline.correct import queue
from inventory_pipeline.correct.addresses import Address
from inventory_pipeline.correct.receipts import Change, Effect
from inventory_pipeline.store.journal import Journal, open_journal
from inventory_pipeline_tests.support.command import Outcome, call
from inventory_pipeline_tests.support.shop import files_system
from inventory_pipeline_tests.support.write_databases import SQL_FEEDS, SQL_WRITE, TABLES

NOW = datetime(2026, 4, 6, 10, tzinfo=UTC)


class SqlShop:
    """One installation whose ERP can be written to."""

    def __init__(self, folder: Path, *, items: int = 3) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)
        options = json.dumps({"url": "sqlite:///erp.db", "feeds": SQL_FEEDS, "write": SQL_WRITE})
        (folder / "inventory.yaml").write_text(
            f"business: {{name: Test}}\nsystems:\n{files_system('shelf', 'wms')}"
            f"  erp: {{role: erp, connector: sql, writes: [on_hand], options: {options}}}\n"
            "facts:\n  on_hand: {owner: shelf}\n"
            "mirrors:\n  - {system: erp, fact: on_hand, expects: on_hand}\n"
            "storage: {directory: local}\n",
            encoding="utf-8",
        )
        with closing(sqlite3.connect(folder / "erp.db")) as base, base:
            for table in TABLES:
                base.execute(table)
            rows = [(f"S-{number}", 10) for number in range(items)]
            base.executemany("insert into stock values (?, ?)", rows)

    @property
    def storage(self) -> Path:
        return self.folder / "local"

    @property
    def journal(self) -> Path:
        return self.storage / "journal.sqlite"

    def tell(self, sku: str = "S-0", units: int = 2, *, source: str = "M-1") -> str:
        """Record that something came in; return the receipt."""
        with open_journal(self.journal) as journal:
            return tell(journal, sku, units, source=source)

    def call(self, *words: str) -> Outcome:
        """Run one command in this process."""
        return call("--config", self.folder / "inventory.yaml", *words)

    def deliver(self) -> Outcome:
        return self.call("deliver", "--once")

    def edit(self, *statements: str) -> None:
        """Change the journal by hand."""
        with closing(sqlite3.connect(self.journal)) as base, base:
            for statement in statements:
                base.execute(statement)

    def read_stock(self) -> dict[str, int]:
        """Return what the ERP holds."""
        with closing(sqlite3.connect(self.folder / "erp.db")) as base:
            return dict(base.execute("select sku, qty from stock order by sku"))

    def read_states(self) -> dict[str, str]:
        """Return receipt → state."""
        with open_journal(self.journal, read_only=True) as journal:
            rows = journal.query("select receipt_id, state from receipts")
        return {row["receipt_id"]: row["state"] for row in rows}


def tell(journal: Journal, sku: str, units: int, *, source: str) -> str:
    """Record that something came in; return the receipt, new or known."""
    change = Change("restock", "on_hand", sku, "L1", units, NOW, source, NOW)
    effect = Effect("erp", "on_hand", "add", units, None, Address(sku, "L1"), "restock")
    queue.add_change(journal, change, [effect], now=NOW)
    [row] = journal.query(
        "select receipt_id from receipts where change_id = :id", id=change.change_id
    )
    return str(row["receipt_id"])


def call_unprivileged(shop: SqlShop, *words: str) -> Outcome:
    """Run one command as a user who has no rights of root's; in a process of its own."""
    script = (
        "import os, sys\n"
        "from inventory_pipeline.cli.main import run_command\n"
        "words = sys.argv[2:]\n"
        "sys.stdout = open(os.devnull, 'w'); errors = sys.stderr; sys.stderr = sys.stdout\n"
        "run_command(['--config', sys.argv[1] + '/warm/inventory.yaml', *words])\n"
        "sys.stdout, sys.stderr = sys.__stdout__, errors\n"
        "if os.geteuid() == 0: os.setgid(65534); os.setuid(65534)\n"
        "sys.exit(run_command(['--config', sys.argv[1] + '/cold/inventory.yaml', *words]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(shop.folder.parent), *words],
        capture_output=True, text=True, timeout=120, check=False, env=os.environ,
    )  # fmt: skip
    return Outcome(done.returncode, done.stdout, done.stderr)
