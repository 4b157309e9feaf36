"""One simulation: a shop lives through some hours, and its systems write them down."""

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from inventory_pipeline.errors import UsageError
from inventory_pipeline.model.hours import floor_hour
from inventory_pipeline.simulator.faults.dropping import Once
from inventory_pipeline.simulator.faults.fault import Fault, Stage
from inventory_pipeline.simulator.faults.herrings import plan_herrings
from inventory_pipeline.simulator.faults.mix import Mix, Planner, draw_noise_faults
from inventory_pipeline.simulator.faults.views import View
from inventory_pipeline.simulator.folder import opening_folder, write_file
from inventory_pipeline.simulator.hour import Press
from inventory_pipeline.simulator.labels import Standard, Witness
from inventory_pipeline.simulator.noise import Noise, Static
from inventory_pipeline.simulator.profiles import find_profile
from inventory_pipeline.simulator.settings import (
    find_feeds,
    render_identities,
    render_items,
    render_locations,
    render_yaml,
)
from inventory_pipeline.simulator.shop import Shop, draw_goods, open_shop
from inventory_pipeline.simulator.truth import render_labels
from inventory_pipeline.simulator.words import MIDDLEWARE, open_stream

MAX_HOURS = 24 * 366
TIERS = (0, 1, 2)


def simulate(  # noqa: PLR0913 one door for command line, demo and benchmark
    out: Path,
    *,
    seed: int,
    profile: str,
    hours: int,
    start: datetime,
    faults: Mix | None = None,
    tier: int = 2,
    noise: Noise | None = None,
    on_hour: Callable[[int, int], None] | None = None,
) -> Path:
    """Write the exports of ``hours`` hours and the truth behind them.

    Args:
        out: folder to write into; an earlier simulation in it is replaced.
        seed: same seed and words: same bytes.
        profile: name of the shop, see ``profiles``.
        hours: how many, 1 to a year.
        start: the first hour, UTC; the shop opens then with all systems agreeing.
        faults: cause → how many, ``a+b`` for several on one key; or how many in all; none:
            what the profile has.
        tier: how much can be seen: 0 counts, 1 also movements and documents, 2 everything.
        noise: none: what the profile has; see ``noise``.
        on_hour: told (hours done, hours) after each hour.

    Returns:
        The path of the configuration, ``out/inventory.yaml``.

    Raises:
        UsageError: unknown profile or cause, hours out of range, start is no UTC hour, the
            shop has no room for so many faults, or ``out`` holds files that are not ours.
    """
    chosen = find_profile(profile)
    _check_span(hours, start)
    if tier not in TIERS:
        raise UsageError(f"tier is {tier}, wanted 0, 1 or 2")
    start = start.astimezone(UTC)
    noise = chosen.noise if noise is None else noise
    goods = draw_goods(chosen.layout, seed=seed)
    planner = Planner(
        goods, chosen.layout, start=start, hours=hours, stream=open_stream(seed, "mix")
    )
    struck = [
        *chosen.tell_story(),
        *planner.plan(chosen.mix if faults is None else faults),
        *draw_noise_faults(chosen.layout, noise, hours, open_stream(seed, "partial")),
    ]
    with opening_folder(out, seed=seed, profile=profile, hours=hours, start=start):
        still = [fault.sku for fault in struck if fault.wants_still and fault.sku]
        shop = open_shop(
            chosen.layout, goods, seed=seed, start=start, hours=hours, still=still
        )  # fmt: skip
        labelled = _set_stage(shop, struck, noise=noise, hours=hours, seed=seed)
        config = _write_settings(out, shop, tier=tier)
        press = _build_press(out, shop, labelled, struck, tier=tier, noise=noise, seed=seed)
        witness = Witness(labelled)
        for hour in range(hours):
            press.print_hour(hour, witness)
            if on_hour is not None:
                on_hour(hour + 1, hours)
        labels = render_labels(witness, tier=tier, told=press.told)
        write_file(out / "truth" / "labels.csv", labels)
    return config


def _check_span(hours: int, start: datetime) -> None:
    if not 1 <= hours <= MAX_HOURS:
        raise UsageError(f"hours is {hours}, wanted 1 to {MAX_HOURS}")
    if start.tzinfo is None or floor_hour(start) != start:
        raise UsageError(f"start is {start.isoformat()}, wanted a whole hour in UTC")


def _set_stage(
    shop: Shop, struck: Sequence[Fault], *, noise: Noise, hours: int, seed: int
) -> Mapping[str, Fault]:
    """Let every fault prepare; return all labels by id: one for each number that suffers."""
    stage = Stage(shop, hours, open_stream(seed, "faults"))
    stage.taken.update(member.sku for fault in struck for member in fault.members)
    labelled: dict[str, Fault] = {}
    by_key: dict[tuple[str, str], list[Fault]] = {}
    listeners = []
    for number, fault in enumerate(struck, 1):
        fault_id = f"fault-{number:02d}"
        fault.prepare(stage)
        for place, member in enumerate(fault.members):
            member.group = fault_id if len(fault.members) > 1 else ""
            labelled[fault_id + (f".{place}" if place else "")] = member
        if not fault.hears:
            listeners.append(fault)
        for key in fault.hears:
            by_key.setdefault(key, []).append(fault)
    shop.courier.listeners, shop.courier.by_key = listeners, by_key
    _plan_noise(stage, struck, noise)
    return labelled


def _plan_noise(stage: Stage, struck: Sequence[Fault], noise: Noise) -> None:
    """Plan what only looks like a fault; its chances are drawn apart, after the faults'."""
    for fault in struck:
        if isinstance(fault, Once) and stage.stream.random() < noise.decoys:
            fault.decoy()
    plan_herrings(stage, round(noise.herrings * stage.hours / 24))


def _build_press(
    out: Path,
    shop: Shop,
    labelled: Mapping[str, Fault],
    struck: Sequence[Fault],
    *,
    tier: int,
    noise: Noise,
    seed: int,
) -> Press:
    views: list[View] = [fault for fault in struck if isinstance(fault, View)]
    return Press(
        out=out,
        shop=shop,
        faults=labelled,
        views=views,
        feeds=find_feeds(shop.layout, tier),
        standard=Standard(shop),
        static=Static(noise, open_stream(seed, "static"), (*shop.layout.systems, MIDDLEWARE)),
    )


def _write_settings(out: Path, shop: Shop, *, tier: int) -> Path:
    write_file(out / "catalog.csv", render_items(shop.goods))
    write_file(out / "locations.csv", render_locations(shop.layout))
    write_file(out / "identities.csv", render_identities(shop.goods, shop.layout))
    config = out / "inventory.yaml"
    write_file(config, render_yaml(shop.layout, shop.start.date(), tier=tier).encode())
    return config
