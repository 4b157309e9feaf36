"""``doctor``: what is wrong with this installation, and what to do about it."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import datetime

import click

from inventory_pipeline.cli.checkup import machine, mail, parts, source, stores
from inventory_pipeline.cli.checkup.reading import Reading
from inventory_pipeline.cli.console import (
    build_console,
    finish,
    print_json,
    print_line,
    print_table,
)
from inventory_pipeline.cli.house import open_house
from inventory_pipeline.errors import InventoryPipelineError, UsageError
from inventory_pipeline.model.hours import HOUR, floor_hour, parse_hour
from inventory_pipeline.report.heartbeat import FILE_NAME, load_heartbeat
from inventory_pipeline.wiring.house import House

_STYLES = {"ok": "", "note": "dim", "warn": "yellow", "bad": "bold red"}


@click.command()
@click.option("--system", metavar="NAME", help="Also read every feed of this system, for real.")
@click.option(
    "--hour", metavar="HOUR", help="The hour to read it for; default the one just closed."
)
@click.option("--json", "as_json", is_flag=True, help="Print for machines.")
@click.pass_context
def command(ctx: click.Context, system: str | None, hour: str | None, as_json: bool) -> None:
    """Say what is wrong with this installation, and the cure.

    Looks at the Python, disk, rights, locks, clock, stores, connectors, secrets (names only),
    catalogue, mail and Dagster. Ends with 1 if something needs a person.
    """
    house = open_house(ctx)
    if system is not None and system not in house.settings.systems:
        known = ", ".join(house.settings.systems)
        raise UsageError(f"no system is named {system!r}; the file names {known}")
    readings = list(examine(house, system))
    if system and not any(r.subject.startswith("connector") and r.needs_person for r in readings):
        hour_at = parse_hour(hour) if hour else floor_hour(house.clock.now()) - HOUR
        readings += parts.read_card(house, system)
        readings += source.read_source(house, system, hour_at)
    if as_json:
        print_json([asdict(reading) for reading in readings])
    else:
        _print(readings)
    finish(needs_person=any(reading.needs_person for reading in readings))


def examine(house: House, system: str | None = None) -> Iterator[Reading]:
    """Look at everything, in the order of what depends on what."""
    yield machine.read_python()
    yield machine.read_clock(house.clock.now(), _find_last_sign(house))
    yield machine.read_disk(house.storage)
    yield machine.read_folder(house.storage)
    yield machine.read_share(house.storage)
    yield from stores.read_journal(house)
    yield stores.read_warehouse(house)
    systems = [system] if system else list(house.settings.systems)
    yield from (parts.read_connector(house, name) for name in systems)
    writable = [name for name in systems if house.settings.systems[name].writes]
    yield from (parts.read_writer(house, name) for name in writable)
    yield from parts.read_secrets(house, systems)
    yield parts.read_catalog(house)
    yield parts.read_registry(house)
    yield from mail.read_mail(house.settings.mail)
    yield parts.read_dagster()


def _find_last_sign(house: House) -> datetime | None:
    try:
        return load_heartbeat(house.storage / FILE_NAME).written_at
    except InventoryPipelineError:
        return None


def _print(readings: list[Reading]) -> None:
    console = build_console()
    print_table(
        console,
        ("what", "state", "seen", "cure"),
        [(r.subject, r.state, r.text, r.cure if r.needs_person else "") for r in readings],
        styles=[_STYLES[reading.state] for reading in readings],
    )
    wrong = sum(reading.needs_person for reading in readings)
    print_line(console, f"{wrong} of {len(readings)} need a person" if wrong else "all is well")
