"""Our own stores: can they be opened, who holds them, and when did anything last run?"""

from datetime import datetime, timedelta

from inventory_pipeline.cli.checkup.reading import Reading
from inventory_pipeline.errors import StoreBusyError, StoreError
from inventory_pipeline.report.outbox import Queue, load_brakes, load_queue
from inventory_pipeline.store.journal import read_instant
from inventory_pipeline.store.migrate import find_migrations
from inventory_pipeline.store.warehouse import open_warehouse
from inventory_pipeline.wiring.house import House
from inventory_pipeline.wiring.outbox import find_tampering

_PATIENCE = timedelta(seconds=2)
_SILENT_AFTER = timedelta(hours=2)


def read_warehouse(house: House) -> Reading:
    """Say whether the warehouse opens; a run that holds it is no fault."""
    path = house.storage / "warehouse.duckdb"
    if not path.exists():
        return Reading("warehouse", "ok", "not there yet: the first run makes it")
    try:
        with open_warehouse(path, wait=_PATIENCE) as warehouse:
            warehouse.query("select 1 as one")
    except StoreBusyError:
        return Reading(
            "warehouse",
            "warn",
            f"another process holds {path}",
            "nothing, if a run is going on; else close the program that has it open",
        )
    except StoreError as error:
        return Reading("warehouse", "bad", str(error), "see there")
    return Reading("warehouse", "ok", f"{path.stat().st_size / 1e6:.1f} MB, opens")


def read_journal(house: House) -> list[Reading]:
    """Say whether the journal is whole, who holds a lease, and when work last ended."""
    if not (house.storage / "journal.sqlite").exists():
        return [Reading("journal", "ok", "not there yet: the first run makes it")]
    try:
        with house.journal(read_only=True) as journal:
            [version] = journal.query("pragma user_version")
            if version["user_version"] < len(find_migrations("journal")):
                text = "written by an older version; the next run brings it up to date"
                return [Reading("journal", "note", text)]
            [check] = journal.query("pragma quick_check(1)")
            leases = journal.query("select name, holder, expires_at from leases where holder <> ''")
            chain = find_tampering(house, journal)
            queue = load_queue(
                journal, stuck_after=house.settings.outbox.stuck_after, now=house.clock.now()
            )
            brakes = load_brakes(journal)
            runs = journal.query(
                "select kind, subject, state, started_at from runs order by run_id desc limit 1"
            )
    except StoreError as error:
        return [Reading("journal", "bad", str(error), "restore it from a backup")]
    if check["quick_check"] != "ok":
        text = f"it does not pass SQLite's own check: {check['quick_check']}"
        return [Reading("journal", "bad", text, "restore it from a backup")]
    if chain:
        cure = "put back the newest journal; nothing is sent until the chain holds"
        return [Reading("audit chain", "bad", chain, cure)]
    now = house.clock.now()
    found = [Reading("journal", "ok", "whole"), _read_last_run(runs, now)]
    found += [_read_lease(lease, now) for lease in leases]
    found += _read_outbox(queue, brakes)
    return found


def _read_outbox(queue: Queue, brakes: tuple[tuple[str, str], ...]) -> list[Reading]:
    """Say what of the outbox waits for somebody."""
    found = [
        Reading(
            "corrections", "warn", f"stopped for {scope}: {why}",
            "look at 'proposals', then: resume --by NAME",
        )
        for scope, why in brakes
    ]  # fmt: skip
    text = f"{queue.depth} receipts on their way"
    if queue.stuck or queue.for_people:
        text += f", {queue.stuck} stuck, {queue.for_people} for a person"
        return [*found, Reading("outbox", "warn", text, "'receipts --open' says which and why")]
    return [*found, Reading("outbox", "ok", text)]


def _read_lease(lease: dict[str, str], now: datetime) -> Reading:
    text = f"{lease['name']} is held by {lease['holder']} until {lease['expires_at'][:19]}Z"
    if read_instant(lease["expires_at"]) > now:
        return Reading("lease", "note", text)
    return Reading("lease", "note", f"{text}: it is over, and the next run takes it")


def _read_last_run(runs: list[dict[str, str]], now: datetime) -> Reading:
    if not runs:
        return Reading("runs", "note", "none yet")
    run = runs[0]
    began_at = read_instant(run["started_at"])
    text = f"{run['kind']} {run['subject']} began {began_at:%Y-%m-%d %H:%M}Z: {run['state']}"
    if now - began_at > _SILENT_AFTER:
        cure = "look whether the hourly schedule is on and the daemon is running"
        return Reading("runs", "warn", f"nothing since {text}", cure)
    if run["state"] == "failed":
        return Reading("runs", "warn", text, "run the hour again and read its message")
    return Reading("runs", "ok", text)
