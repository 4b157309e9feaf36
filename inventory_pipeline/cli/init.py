"""``init``: a folder with a commented configuration and one hour of sample exports."""

import shlex
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from inventory_pipeline.cli.samples import HOUR, SYSTEMS, build_files
from inventory_pipeline.cli.starters import REASONS, Starter, choose, find_owner
from inventory_pipeline.errors import UsageError
from inventory_pipeline.wiring.cards import find_cards

CONFIG_NAME = "inventory.yaml"
_REVIEW = timedelta(days=92)


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    type=click.Choice(list(REASONS)),
    help="Who owns on_hand; default: the shelf, else the warehouse, else the ERP.",
)
@click.option(
    "--systems",
    default=",".join(SYSTEMS),
    show_default=True,
    help="With a comma between: these samples, or connectors such as shopify and odoo.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(folder: Path, profile: str | None, systems: str, force: bool) -> None:
    """Write a commented starting inventory.yaml and sample files into DIR."""
    samples = [name for name in SYSTEMS if name in systems.replace(" ", "").split(",")]
    starters = choose(systems, find_cards())
    owner, chosen = find_owner(starters, profile)
    files = build_files(samples) if samples else {}
    files[CONFIG_NAME] = render_config(
        starters, owner=owner, profile=chosen, today=datetime.now(UTC).date()
    )
    _write_files(folder, files, force=force)
    _say_next(folder / CONFIG_NAME, len(files), is_sample=len(samples) == len(starters))


def render_config(starters: list[Starter], *, owner: Starter, profile: str, today: date) -> str:
    """Return the text of a starting configuration for ``starters``."""
    environment = Environment(  # noqa: S701 the text is YAML, made of our own words
        loader=PackageLoader("inventory_pipeline.cli", "starter"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    return environment.get_template(f"{CONFIG_NAME}.j2").render(
        starters=starters, owner=owner, reason=REASONS[profile],
        has_samples=any(starter.name in SYSTEMS for starter in starters),
        tells_orders=any(starter.tells_orders for starter in starters),
        today=today, review_on=today + _REVIEW,
    )  # fmt: skip


def _write_files(folder: Path, files: dict[str, str], *, force: bool) -> None:
    present = [name for name in files if (folder / name).exists()]
    if present and not force:
        raise UsageError(
            f"{folder / present[0]} is there already; choose another folder, or overwrite "
            f"{len(present)} of {len(files)} files with --force"
        )
    for name, text in files.items():
        path = folder / name
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8", newline="\n")
        except OSError as error:
            raise UsageError(f"{path} cannot be written: {error.strerror}") from None


def _say_next(config: Path, written: int, *, is_sample: bool) -> None:
    start = f"inventory-pipeline --config {shlex.quote(str(config))}"
    if not is_sample:
        click.echo(f"wrote {config}; put in what is yours and set the secrets it names; now:")
        click.echo(f"  {start} check")
        click.echo(f"  {start} doctor --system NAME")
        click.echo(f"  {start} run")
        return
    click.echo(f"wrote {config} and {written - 1} sample files; now:")
    click.echo(f"  {start} check")
    click.echo(f"  {start} run --hour {HOUR}:00Z")
    click.echo(f"  {start} report --date {HOUR[:10]}")
    click.echo(
        "Change a number under exports/ before that run to see it found: what was landed stays."
    )
