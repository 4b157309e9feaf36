"""Shops: the layouts there are. Each is a kind of business with its own way of being wired."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import time, timedelta
from zoneinfo import ZoneInfo

from inventory_pipeline.simulator.layout import Layout, Place, Style, Trade
from inventory_pipeline.simulator.opening_hours import OpeningHours
from inventory_pipeline.simulator.paths import (
    NIGHTLY,
    ORDERS,
    PHYSICAL,
    AtOnce,
    Batch,
    Delay,
    Event,
    Path,
    Pickup,
)
from inventory_pipeline.simulator.words import (
    EAST,
    ERP,
    MAIN,
    MARKETPLACE,
    MIDDLEWARE,
    OUTLET,
    SHELF,
    STORE,
    STOREFRONT,
    THREEPL,
    WEST,
)

WESTERN = ZoneInfo("America/Los_Angeles")
EASTERN = ZoneInfo("America/New_York")
_NONE = timedelta(0)
_MINUTES = timedelta(minutes=5)
_TEN = timedelta(minutes=10)
_QUARTER = timedelta(minutes=20)
_QUARTERLY = Pickup(timedelta(minutes=15), timedelta(seconds=40))
_PUSH = Event(5, 90)
# One word in fifty dawdles, still within what is promised.
_DAWDLING = Event(5, 90, late_share=0.02, latest_seconds=285)

# Minute of the hour at which each system is read.
READ_AT = {
    THREEPL: timedelta(minutes=50),
    SHELF: timedelta(minutes=55),
    ERP: timedelta(minutes=57),
    STOREFRONT: timedelta(minutes=58),
    MARKETPLACE: timedelta(minutes=59),
}
# Feeds of a shop whose every log is open to us.
OPEN_FEEDS: Mapping[str, tuple[str, ...]] = {
    SHELF: ("counts", "movements", "documents"),
    THREEPL: ("counts", "movements"),
    STOREFRONT: ("counts", "movements", "levels", "changes", "documents"),
    ERP: ("counts", "movements", "levels", "changes"),
    MARKETPLACE: ("counts", "levels", "changes"),
    MIDDLEWARE: ("events", "syncs"),
}


def _build_paths(
    systems: tuple[str, ...], erp: Delay, *, push: Delay = _PUSH, threepl: Delay = _QUARTERLY
) -> tuple[Path, ...]:
    """Return the paths between the systems a shop has, in the order in which words leave."""
    erp_delay = _QUARTER if isinstance(erp, Batch) else _TEN
    paths = (
        Path("scan", SHELF, SHELF, PHYSICAL, AtOnce(), _NONE),
        Path("dock", THREEPL, THREEPL, PHYSICAL, AtOnce(), _NONE),
        Path("checkout", STOREFRONT, STOREFRONT, ORDERS, AtOnce(), _NONE),
        Path("order_capture", STOREFRONT, SHELF, ORDERS, Event(8, 120), _MINUTES,
             (MAIN, STORE, OUTLET)),
        Path("order_export", STOREFRONT, THREEPL, ORDERS, _QUARTERLY, _QUARTER, (EAST, WEST)),
        Path("inbound_notices", SHELF, THREEPL, ("transfer_out",), _PUSH, _MINUTES,
             is_notice=True),
        Path("outbound_notices", THREEPL, SHELF, ("transfer_out",), _PUSH, _MINUTES,
             is_notice=True),
        Path("stock_updates", SHELF, STOREFRONT, PHYSICAL, push, _MINUTES),
        Path("threepl_updates", THREEPL, STOREFRONT, PHYSICAL, threepl, _QUARTER),
        Path("channel_orders", STOREFRONT, MARKETPLACE, ORDERS, push, _MINUTES),
        Path("channel_stock", SHELF, MARKETPLACE, PHYSICAL, push, _MINUTES),
        Path("threepl_to_channel", THREEPL, MARKETPLACE, PHYSICAL, threepl, _QUARTER),
        Path("wms_to_erp", SHELF, ERP, PHYSICAL, erp, erp_delay),
        Path("threepl_to_erp", THREEPL, ERP, PHYSICAL, erp, erp_delay),
    )  # fmt: skip
    return tuple(path for path in paths if path.source in systems and path.target in systems)


def _without_notices(paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """Return the paths of a shop that carries nothing between its places."""
    return tuple(path for path in paths if not path.is_notice)


def _read(systems: tuple[str, ...]) -> dict[str, timedelta]:
    return {name: minute for name, minute in READ_AT.items() if name in systems}


def _shift(zone: ZoneInfo, opens: int, closes: int) -> OpeningHours:
    return OpeningHours(zone, time(opens), time(closes), closed_on=())


_FOUR = (THREEPL, SHELF, ERP, STOREFRONT)
_FIVE = (*_FOUR, MARKETPLACE)
_SMALL = (SHELF, ERP, STOREFRONT)
_MAIN_NAMES = {ERP: "0010", STOREFRONT: "loc-8801", MARKETPLACE: "FC-A"}
_EAST_NAMES = {ERP: "0020", STOREFRONT: "loc-8802", MARKETPLACE: "FC-B", THREEPL: "E2"}
_WEST_NAMES = {ERP: "0030", STOREFRONT: "loc-8803", MARKETPLACE: "FC-C", THREEPL: "W1"}
_STORE_NAMES = {ERP: "0110", STOREFRONT: "loc-8811", SHELF: "S01"}
_OUTLET_NAMES = {ERP: "0120", STOREFRONT: "loc-8812", SHELF: "S02"}

LANTERN = Layout(
    name="lantern",
    business="Lantern & Loom",
    places=(
        Place(MAIN, SHELF, OpeningHours(WESTERN, time(7), time(18)), 0.7, _MAIN_NAMES,
              has_bins=True),
        Place(EAST, THREEPL, OpeningHours(EASTERN, time(7), time(17)), 0.3, _EAST_NAMES),
    ),
    routes=((0.3, (EAST, MAIN)), (0.7, (MAIN,))),
    paths=_without_notices(_build_paths(_FOUR, NIGHTLY)),
    read_at=_read(_FOUR),
    feeds={
        SHELF: ("counts", "movements"),
        THREEPL: ("counts", "movements"),
        STOREFRONT: ("counts", "movements", "levels"),
        ERP: ("counts", "movements", "levels"),
    },
    erp_delay=NIGHTLY,
)  # fmt: skip

# A shop with stock to spare, whose boxes come back within the day.
_PROMPT = Trade(least_packs=16, return_hours=(3, 20), travel_hours=(3, 10), late_scans=0.03)


HANDMADE = Layout(
    name="handmade",
    business="Fen & Finch",
    places=(
        Place(MAIN, SHELF, _shift(WESTERN, 8, 20), 1.0, _MAIN_NAMES, walk_ins=1.2, has_bins=True),
    ),
    routes=((1.0, (MAIN,)),),
    paths=_build_paths(_SMALL, NIGHTLY, push=_DAWDLING),
    read_at=_read(_SMALL),
    feeds=OPEN_FEEDS,
    erp_delay=NIGHTLY,
    trade=replace(_PROMPT, skus=70, pace=0.6, bundles=3, promotions=0.3),
    styles={STOREFRONT: Style(reference="order", formats={"counts": "ndjson"})},
    return_due_days=1,
)
_FAST = Event(20, 300)
OMNICHANNEL = Layout(
    name="omnichannel",
    business="Harbor & Pine",
    places=(
        Place(MAIN, SHELF, _shift(WESTERN, 6, 22), 0.6, _MAIN_NAMES, has_bins=True),
        Place(STORE, SHELF, _shift(WESTERN, 9, 21), 0.2,
              _STORE_NAMES | {MARKETPLACE: "FC-S"}, walk_ins=3.0, has_bins=True),
        Place(EAST, THREEPL, _shift(EASTERN, 6, 22), 0.2, _EAST_NAMES),
    ),
    routes=((0.2, (EAST, MAIN)), (0.1, (STORE, MAIN)), (0.7, (MAIN,))),
    paths=_build_paths(_FIVE, _FAST, push=_DAWDLING),
    read_at=_read(_FIVE),
    feeds=OPEN_FEEDS,
    erp_delay=_FAST,
    trade=replace(_PROMPT, skus=140, bundles=4, promotions=0.6, transfers=3.0),
    styles={
        STOREFRONT: Style(reference="movement", operation="set"),
        MARKETPLACE: Style(reference="event", formats={"counts": "ndjson", "levels": "parquet"}),
        MIDDLEWARE: Style(formats={"events": "parquet"}),
        ERP: Style(reference="order"),
    },
    return_due_days=1,
)  # fmt: skip
_FOUR_HOURLY = Batch(timedelta(hours=4), timedelta(minutes=10), time(2, 0))
THIRD_PARTY = Layout(
    name="threepl",
    business="Northline Supply",
    places=(
        Place(MAIN, SHELF, _shift(WESTERN, 8, 20), 0.2, _MAIN_NAMES, has_bins=True),
        Place(EAST, THREEPL, _shift(EASTERN, 6, 23), 0.45, _EAST_NAMES),
        Place(WEST, THREEPL, _shift(WESTERN, 6, 23), 0.35, _WEST_NAMES),
    ),
    routes=((0.45, (EAST, WEST, MAIN)), (0.35, (WEST, EAST, MAIN)), (0.2, (MAIN,))),
    paths=_build_paths(_FOUR, _FOUR_HOURLY, threepl=_QUARTERLY),
    read_at=_read(_FOUR),
    feeds=OPEN_FEEDS,
    erp_delay=_FOUR_HOURLY,
    trade=replace(_PROMPT, skus=120, bundles=2, promotions=0.4, transfers=2.0, late_scans=0.06),
    styles={
        STOREFRONT: Style(reference="movement"),
        THREEPL: Style(formats={"counts": "parquet", "movements": "parquet"}),
        ERP: Style(reference="movement", holds_back=timedelta(minutes=12)),
    },
    return_due_days=1,
)
_HOURLY = Batch(timedelta(hours=1), timedelta(minutes=4), time(0, 15))
TRANSFERS = Layout(
    name="transfers",
    business="Corner Goods",
    places=(
        Place(MAIN, SHELF, _shift(WESTERN, 6, 22), 0.5, _MAIN_NAMES, has_bins=True),
        Place(STORE, SHELF, _shift(WESTERN, 9, 21), 0.2, _STORE_NAMES, walk_ins=3.0,
              has_bins=True),
        Place(OUTLET, SHELF, _shift(WESTERN, 9, 21), 0.15, _OUTLET_NAMES, walk_ins=2.0,
              has_bins=True),
        Place(EAST, THREEPL, _shift(EASTERN, 6, 22), 0.15, _EAST_NAMES),
    ),
    routes=((0.15, (EAST, MAIN)), (0.1, (STORE, MAIN)), (0.1, (OUTLET, MAIN)), (0.65, (MAIN,))),
    paths=_build_paths(_FOUR, _HOURLY, push=_DAWDLING),
    read_at=_read(_FOUR),
    feeds=OPEN_FEEDS,
    erp_delay=_HOURLY,
    trade=replace(_PROMPT, skus=120, pace=0.8, bundles=2, promotions=0.4, transfers=14.0),
    styles={
        STOREFRONT: Style(reference="event", holds_back=timedelta(minutes=8)),
        SHELF: Style(formats={"counts": "ndjson"}),
        ERP: Style(reference="movement", operation="set", formats={"counts": "parquet"}),
    },
    return_due_days=1,
)  # fmt: skip
_SLOW_FAST = Event(30, 480)
FLASH = Layout(
    name="flash",
    business="Dropday",
    places=(
        Place(MAIN, SHELF, _shift(WESTERN, 5, 23), 0.8, _MAIN_NAMES, has_bins=True),
        Place(EAST, THREEPL, _shift(EASTERN, 5, 23), 0.2, _EAST_NAMES),
    ),
    routes=((0.25, (EAST, MAIN)), (0.75, (MAIN,))),
    paths=_without_notices(_build_paths(_FIVE, _SLOW_FAST, push=_DAWDLING)),
    read_at=_read(_FIVE),
    feeds=OPEN_FEEDS,
    erp_delay=_SLOW_FAST,
    trade=replace(
        _PROMPT, skus=100, pace=1.1, bundles=2, promotions=1.0, peaks=1.0, least_packs=24
    ),
    styles={
        STOREFRONT: Style(reference="order", operation="add"),
        MARKETPLACE: Style(reference="movement", operation="set"),
        MIDDLEWARE: Style(formats={"events": "parquet"}),
    },
    return_due_days=1,
)
