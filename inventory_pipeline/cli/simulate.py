"""``simulate``: a simulated shop's exports, and the truth beside them."""

from datetime import UTC, datetime
from pathlib import Path

import click
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from inventory_pipeline.cli import console as terminal
from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import compute_key, parse_hour
from inventory_pipeline.simulator.faults.mix import Mix
from inventory_pipeline.simulator.profiles import PROFILES
from inventory_pipeline.simulator.run import simulate

OPENING = datetime(2026, 4, 6, tzinfo=UTC)


@click.command("simulate")
@click.option("--out", required=True, metavar="DIR", help="Folder to write into.")
@click.option("--seed", type=int, default=7, show_default=True, help="Same seed, same bytes.")
@click.option(
    "--profile", default="demo", show_default=True, help=f"One of: {', '.join(PROFILES)}."
)
@click.option("--hours", type=int, default=48, show_default=True, help="How many hours.")
@click.option("--start", metavar="HOUR", help="First hour; default: 2026-04-06T00:00Z.")
@click.option(
    "--tier",
    type=int,
    default=2,
    show_default=True,
    help="What can be seen: 0 counts, 1 also movements and documents, 2 everything.",
)
@click.option(
    "--faults",
    metavar="MIX",
    help="How many faults, or CAUSE=N,CAUSE+CAUSE=N; default: what the profile has.",
)
def command(
    *,
    out: str,
    seed: int,
    profile: str,
    hours: int,
    start: str | None,
    tier: int,
    faults: str | None,
) -> None:
    """Write exports in the contract's formats and, in truth/, the labels of every fault."""
    first = parse_hour(start) if start else OPENING
    with Progress(
        TextColumn("simulating"),
        BarColumn(),
        MofNCompleteColumn(),
        console=terminal.build_console(is_error=True),
        transient=True,
    ) as progress:
        task = progress.add_task("hours", total=hours)
        config = simulate(
            Path(out),
            seed=seed,
            profile=profile,
            hours=hours,
            start=first,
            faults=None if faults is None else parse_mix(faults),
            tier=tier,
            on_hour=lambda done, _all: progress.update(task, completed=done),
        )
    report = terminal.build_console()
    terminal.print_line(report, f"{hours} hours of shop {profile!r}, seed {seed}: {config}")
    terminal.print_line(report, f"truth: {config.parent / 'truth' / 'labels.csv'}")
    terminal.print_line(
        report, f"next: inventory-pipeline --config {config} run --hour {compute_key(first)}"
    )


def parse_mix(text: str) -> Mix:
    """Read ``20`` or ``movement_dropped=3,unit_factor+unknown=1``.

    Raises:
        UsageError: a part that is neither.
    """
    if text.strip().isdecimal():
        return int(text)
    mix: dict[str, int] = {}
    for part in text.split(","):
        name, _, count = part.partition("=")
        if not name.strip() or not count.strip().isdecimal():
            raise UsageError(
                f"--faults has {part.strip()!r}; write a number, or CAUSE=N,CAUSE+CAUSE=N"
            )
        mix[name.strip()] = mix.get(name.strip(), 0) + int(count)
    return mix
