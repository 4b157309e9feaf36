"""The configured parts: connectors, secrets, catalogue, registry, Dagster's folder."""

import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pydantic import BaseModel

from inventory_pipeline.cli.checkup.reading import Reading
from inventory_pipeline.config.environment import DAGSTER_HOME, find_dagster_home
from inventory_pipeline.config.registry import compute_registry
from inventory_pipeline.config.values import Secret
from inventory_pipeline.errors import ConfigError, InventoryPipelineError
from inventory_pipeline.wiring.cards import find_cards
from inventory_pipeline.wiring.house import House


def read_connector(house: House, system: str) -> Reading:
    """Say whether a system's connector is installed and takes its options."""
    subject = f"connector {system}"
    try:
        connector = house.build_connector(system)
    except InventoryPipelineError as error:
        return Reading(subject, "bad", str(error), "mend the configuration")
    feeds = ", ".join(connector.find_feeds())
    name = house.settings.systems[system].connector
    if not feeds:
        text = f"{name} gives no feed: nothing will be read"
        return Reading(subject, "warn", text, "name at least options.counts")
    return Reading(subject, "ok", f"{name} gives {feeds}")


def read_card(house: House, system: str) -> Iterator[Reading]:
    """Say what the numbers of a known kind of system mean, and which rights it wants."""
    settings = house.settings.systems[system]
    card = find_cards().get(settings.connector)
    if card is None:
        return
    facts = settings.options.get("facts")
    for name in facts.values() if isinstance(facts, dict) else card.quantities:
        if meaning := card.quantities.get(name):
            yield Reading(f"{system} {name}", "ok", meaning)
    yield Reading(f"{system} rights", "ok", f"least: {', '.join(card.reads) or 'none'}")


def read_writer(house: House, system: str) -> Reading:
    """Say how a system that corrections may set is written to, and what that guards against."""
    subject = f"writer {system}"
    try:
        writer = house.build_writer(system)
    except InventoryPipelineError as error:
        return Reading(subject, "bad", str(error), f"mend systems.{system}.options.write")
    if writer is None:
        text = "corrections may set it, and its options say nothing of how"
        return Reading(subject, "warn", text, f"add systems.{system}.options.write")
    guards = {
        "A": "a key, and it compares before it sets",
        "B": "a key or unique id",
        "C": "an absolute set: read before and after",
        "D": "nothing: what is ambiguous goes to a person",
    }
    given = writer.delivery_class
    return Reading(subject, "ok", f"class {given}: {guards[given]}")


def read_secrets(house: House, systems: list[str]) -> list[Reading]:
    """Say for each secret whether it can be read; only its name and place are shown."""
    found = []
    for label, secret in find_secrets(house, systems):
        place = f"variable {secret.env}" if secret.env else f"file {secret.file}"
        subject = f"secret {label}"
        try:
            secret.reveal(str(house.root))
        except ConfigError as error:
            found.append(Reading(subject, "bad", str(error), "set it, or mend its name"))
            continue
        found.append(_read_secret_file(subject, secret, house.root) if secret.file else
                     Reading(subject, "ok", f"{place} is set"))  # fmt: skip
    return found


def _read_secret_file(subject: str, secret: Secret, root: Path) -> Reading:
    path = root / str(secret.file)
    if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        return Reading(subject, "warn", f"others may read {path}", f"chmod 600 {path}")
    return Reading(subject, "ok", f"file {secret.file} can be read")


def find_secrets(house: House, systems: list[str]) -> list[tuple[str, Secret]]:
    """Return every secret of the file with its dotted key, options of connectors included."""
    found = [*_walk("mail", house.settings.mail), *_walk("heartbeat", house.settings.heartbeat)]
    found += _walk("approvals", house.settings.approvals)
    for system in systems:
        options = house.settings.systems[system].options
        found += _walk(f"systems.{system}.options", options)
    return found


def _walk(key: str, value: Any) -> Iterator[tuple[str, Secret]]:
    if isinstance(value, Secret):
        yield key, value
    elif isinstance(value, dict) and len(value) == 1 and set(value) <= {"env", "file"}:
        yield from _read_plain(key, value)
    else:
        for name, part in _find_parts(value):
            yield from _walk(f"{key}{name}", part)


def _find_parts(value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, BaseModel):
        return [(f".{name}", getattr(value, name)) for name in type(value).model_fields]
    if isinstance(value, dict):
        return [(f".{name}", part) for name, part in value.items()]
    if isinstance(value, list):
        return [(f"[{index}]", part) for index, part in enumerate(value)]
    return []


def _read_plain(key: str, value: dict[str, Any]) -> Iterator[tuple[str, Secret]]:
    """A connector's options are plain data here: ``{env: NAME}`` is a secret by its shape."""
    try:
        yield key, Secret.model_validate(value)
    except ValueError:  # read_connector says so, with the line
        return


def read_catalog(house: House) -> Reading:
    """Say whether the catalogue's files can be read and do not contradict themselves."""
    try:
        catalog = house.catalog
    except InventoryPipelineError as error:
        return Reading("catalog", "bad", str(error), "mend the file")
    return Reading("catalog", "ok", f"{catalog.items.height} items")


def read_registry(house: House) -> Reading:
    """Say whether every fact has one owner; ``check`` says more."""
    today = house.clock.now().astimezone(house.settings.business.zone).date()
    problems = compute_registry(house.settings, today=today).problems
    if not problems:
        return Reading("registry", "ok", "every fact has one owner")
    text = f"{len(problems)} problems; the first: {problems[0].text}"
    return Reading("registry", "warn", text, "inventory-pipeline check")


def read_dagster() -> Reading:
    """Say whether Dagster finds the settings we ship."""
    folder = find_dagster_home()
    if folder is None:
        text = f"{DAGSTER_HOME} is not set here; a Dagster started from here would forget its runs"
        return Reading("dagster", "note", text)
    if not (folder / "dagster.yaml").exists():
        text = f"{folder} has no dagster.yaml: no run monitoring, no limit of runs"
        return Reading("dagster", "bad", text, f"copy dagster.yaml of this project to {folder}")
    return Reading("dagster", "ok", f"{folder}/dagster.yaml is there")
