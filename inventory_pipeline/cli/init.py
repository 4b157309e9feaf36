"""``init``: a folder with a commented configuration and one hour of sample exports."""

import shlex
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import click
from jinja2 import Environment, PackageLoader, StrictUndefined

from inventory_pipeline.cli.samples import HOUR, SYSTEMS, build_files
from inventory_pipeline.errors import UsageError

CONFIG_NAME = "inventory.yaml"
_REVIEW = timedelta(days=92)
# The profile's owner among the sample systems, and why.
_OWNERS = {
    "shelf_of_record": ("shelf", "a bin can be walked to and counted"),
    "wms_of_record": ("shelf", "the warehouse sees every pick, pack and receipt as it happens"),
    "erp_of_record": ("erp", "the ERP's number is the one the books are closed on"),
}


@click.command()
@click.argument("folder", metavar="DIR", type=click.Path(path_type=Path))
@click.option(
    "--profile",
    type=click.Choice(list(_OWNERS)),
    default="shelf_of_record",
    show_default=True,
    help="Who owns on_hand.",
)
@click.option(
    "--systems",
    default=",".join(SYSTEMS),
    show_default=True,
    help="Two or three of these, with a comma between.",
)
@click.option("--force", is_flag=True, help="Overwrite files that are there.")
def command(folder: Path, profile: str, systems: str, force: bool) -> None:
    """Write a commented starting inventory.yaml and sample files into DIR."""
    chosen = _read_systems(systems, profile)
    files = build_files(chosen)
    files[CONFIG_NAME] = render_config(chosen, profile=profile, today=datetime.now(UTC).date())
    _write_files(folder, files, force=force)
    _say_next(folder / CONFIG_NAME, len(files))


def _read_systems(text: str, profile: str) -> list[str]:
    named = [name.strip() for name in text.split(",") if name.strip()]
    unknown = [name for name in named if name not in SYSTEMS]
    if unknown:
        raise UsageError(f"--systems names {unknown[0]!r}; init knows {', '.join(SYSTEMS)}")
    owner = _OWNERS[profile][0]
    chosen = [name for name in SYSTEMS if name in named]
    if owner not in chosen or len(chosen) < 2:
        raise UsageError(
            f"--systems is {text!r}; {profile} wants {owner} and at least one system to compare"
        )
    return chosen


def render_config(systems: list[str], *, profile: str, today: date) -> str:
    """Return the text of a starting configuration for ``systems``."""
    environment = Environment(  # noqa: S701 the text is YAML, made of our own words
        loader=PackageLoader("inventory_pipeline.cli", "starter"),
        undefined=StrictUndefined,
        keep_trailing_newline=True,
    )
    owner, reason = _OWNERS[profile]
    return environment.get_template(f"{CONFIG_NAME}.j2").render(
        systems=systems, owner=owner, reason=reason, today=today, review_on=today + _REVIEW
    )


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


def _say_next(config: Path, written: int) -> None:
    start = f"inventory-pipeline --config {shlex.quote(str(config))}"
    click.echo(f"wrote {config} and {written - 1} sample files; now:")
    click.echo(f"  {start} check")
    click.echo(f"  {start} run --hour {HOUR}:00Z")
    click.echo(f"  {start} report --date {HOUR[:10]}")
    click.echo(
        "Change a number under exports/ before that run to see it found: what was landed stays."
    )
