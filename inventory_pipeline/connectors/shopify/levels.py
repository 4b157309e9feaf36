"""Levels: what a shop says of items at places, gathered part by part and judged. Pure.

Grain: one level. They come from pages or from one large file, before or behind their items,
and of each only what a row needs is kept: a million levels fit in memory, their text does not.
"""

from dataclasses import dataclass, field

import polars as pl

from inventory_pipeline.connectors.shopify.documents import ON_HAND, PARTS
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.tables import MAX_RAW_CHARACTERS
from inventory_pipeline.model.frames import QUARANTINE
from inventory_pipeline.model.ports import RawFrame

ITEM = {"number": pl.String(), "sku": pl.String(), "is_tracked": pl.Boolean()}
# Beside these a level has one String for every quantity, as it was written.
LEVEL = {
    "number": pl.String(),
    "place_id": pl.String(),
    "place_name": pl.String(),
    "is_active": pl.Boolean(),
}
_MOST_NAMED = 5
# From so many levels on a text that stands in many rows is kept once, as a number.
_CODED_FROM = 1 << 15
_CODED = ("item_id", "location_id", "fact")
_WAY = pl.Enum(["here", "inactive", "away"])
_NUMBER = pl.col("number").cast(pl.Int64, strict=False)


def _make_kinds() -> dict[str, pl.Categorical]:
    return {name: pl.Categorical(pl.Categories.random()) for name in _CODED}


@dataclass
class Levels:
    """The levels of one shop, and their items.

    Attributes:
        long: gids of items whose levels stand on pages of their own.
    """

    options: ShopifyOptions
    long: list[str] = field(default_factory=list)
    _items: list[pl.DataFrame] = field(default_factory=list)
    _levels: list[pl.DataFrame] = field(default_factory=list)
    # Each column has categories of its own, in all parts the same.
    _kinds: dict[str, pl.Categorical] = field(default_factory=_make_kinds)

    def add_items(self, items: pl.DataFrame) -> None:
        """Take items with the columns of ITEM."""
        self._items.append(items.with_columns(_NUMBER, pl.col("sku").fill_null("")))

    def add_levels(self, levels: pl.DataFrame, *, as_of: str) -> None:
        """Take levels with the columns of LEVEL and their quantities, as of one instant."""
        place = "place_name" if self.options.locate_by == "name" else "place_id"
        self._levels.append(
            levels.select(
                _NUMBER,
                pl.col(place).cast(self._kinds["location_id"]).alias("location_id"),
                _find_way(place, self.options.locations).cast(_WAY).alias("way"),
                _find_problems(levels, self.options.names),
                pl.lit(as_of).alias("as_of"),
                *dict.fromkeys(self.options.facts.values()),
            )
        )

    def describe(self) -> list[str]:
        """Return one sentence for each kind of what is left out on purpose."""
        untracked = self._gather_items().filter(~pl.col("is_tracked")).height
        ways = self._gather().filter("is_tracked")["way"].cast(pl.String)
        found = [
            ("items left out because they are not tracked", untracked),
            ("levels left out because they are not active", (ways == "inactive").sum()),
            ("levels left out because their location is not configured", (ways == "away").sum()),
        ]
        return [f"{said}: {count:,}" for said, count in found if count]

    def build(self) -> RawFrame:
        """Return the rows, and what cannot be one."""
        levels = self._gather().filter((pl.col("way") == "here") & pl.col("is_tracked"))
        levels = _number(levels, step=len(self.options.facts))
        twins = _find_twins(levels) if self.options.identify_by == "sku" else _NO_TWINS
        levels = levels.join(
            twins.cast({"item_id": self._kinds["item_id"]}), on="item_id",
            how="left", validate="m:1", maintain_order="left",
        ).with_columns(reason=pl.coalesce("strangeness", "twins", "reason"))  # fmt: skip
        is_good = pl.col("reason").is_null()
        return RawFrame(
            self._build_rows(levels.filter(is_good)), self._reject(levels.filter(~is_good))
        )

    def _gather_items(self) -> pl.DataFrame:
        """Return items by number; what one is called in two ways has no name."""
        items = pl.concat(self._items or [_NO_ITEMS]).unique()
        return items.group_by("number").agg(
            pl.col("sku", "is_tracked").first(), has_two=pl.len() > 1
        )

    def _gather(self) -> pl.DataFrame:
        """Return all levels beside the names of their items."""
        if not self._levels:
            self.add_levels(build_levels([], self.options.names), as_of="")
        called = pl.col("sku") if self.options.identify_by == "sku" else pl.col("number")
        strangeness = (
            pl.when(pl.col("sku").is_null())
            .then(pl.lit("no inventory item of that id came with it"))
            .when("has_two")
            .then(pl.lit("its inventory item came twice, with two SKUs"))
            .when(called.cast(pl.String) == "")
            .then(pl.format("the inventory item {} has no SKU", "number"))
        )
        levels = pl.concat(self._levels).join(
            self._gather_items(), on="number",
            how="left", validate="m:1", maintain_order="left",
        )  # fmt: skip
        return levels.with_columns(
            pl.col("is_tracked").fill_null(value=True),
            item_id=called.cast(pl.String).cast(self._kinds["item_id"]),
            strangeness=strangeness,
        )

    def _build_rows(self, levels: pl.DataFrame) -> pl.DataFrame:
        parts = [
            levels.select(
                pl.col("row") + number,
                "item_id",
                "location_id",
                pl.lit(fact).cast(self._kinds["fact"]).alias("fact"),
                pl.col(name).alias("quantity"),
                "as_of",
            )
            for number, (fact, name) in enumerate(self.options.facts.items())
        ]
        rows = pl.concat(parts).sort("row")
        return rows if levels.height >= _CODED_FROM else rows.cast(dict.fromkeys(_CODED, pl.String))

    def _reject(self, levels: pl.DataFrame) -> pl.DataFrame:
        raw = pl.struct(
            pl.col("number").cast(pl.String).alias("inventory_item_id"),
            "sku",
            pl.col("location_id").cast(pl.String).alias("location"),
            *dict.fromkeys(self.options.facts.values()),
        )
        return levels.select(
            "row", "reason", raw=raw.struct.json_encode().str.slice(0, MAX_RAW_CHARACTERS)
        ).cast(dict(QUARANTINE))


def build_items(rows: list[tuple[str, str | None, bool]]) -> pl.DataFrame:
    """Return items one by one as a part."""
    return pl.DataFrame(rows, schema=ITEM, orient="row")


def build_levels(rows: list[tuple[str | bool | None, ...]], names: list[str]) -> pl.DataFrame:
    """Return levels one by one as a part: what LEVEL has, then the quantities."""
    schema = {**LEVEL, **dict.fromkeys(names, pl.String())}
    return pl.DataFrame(rows, schema=schema, orient="row")


_NO_ITEMS = pl.DataFrame(schema={**ITEM, "number": pl.Int64()})
_NO_TWINS = pl.DataFrame(schema={"item_id": pl.String(), "twins": pl.String()})


def _find_way(place: str, wanted: list[str] | None) -> pl.Expr:
    is_here = pl.lit(value=True) if wanted is None else pl.col(place).is_in(wanted)
    return (
        pl.when(~pl.col("is_active"))
        .then(pl.lit("inactive"))
        .when(is_here)
        .then(pl.lit("here"))
        .otherwise(pl.lit("away"))
    )


def _find_problems(levels: pl.DataFrame, names: list[str]) -> pl.Series:
    """Return what is wrong with the numbers of each level; null where nothing is."""
    whole = {name: pl.col(name).cast(pl.Int64, strict=False) for name in (*PARTS, ON_HAND)}
    total = pl.sum_horizontal([whole[name] for name in PARTS], ignore_nulls=False)
    is_sum = (total == whole[ON_HAND]).fill_null(value=False)
    is_there = pl.all_horizontal(pl.col(name).is_not_null() for name in names)
    problems = pl.Series("reason", [None], pl.String).new_from_index(0, levels.height)
    is_good = levels.select(is_good=is_sum & is_there)["is_good"]
    if is_good.all():
        return problems
    lacking = [
        pl.when(pl.col(name).is_null()).then(pl.lit(f"the level shows no {name!r}"))
        for name in names
    ]
    odd = pl.when(pl.any_horizontal(number.is_null() for number in whole.values())).then(
        pl.lit("a quantity of the level is no whole number")
    )
    wrong = pl.format(f"on_hand is {{}}, and {' + '.join(PARTS)} make {{}}", ON_HAND, total)
    found = levels.select(reason=pl.coalesce(*lacking, odd, wrong))["reason"]
    return problems.zip_with(is_good, found)


def _number(levels: pl.DataFrame, *, step: int) -> pl.DataFrame:
    """Add the number of each level's first row, counted from 1."""
    return levels.with_columns(row=pl.int_range(pl.len(), dtype=pl.Int64) * step + 1)


def _find_twins(levels: pl.DataFrame) -> pl.DataFrame:
    """Return what is wrong with a SKU that several items carry: whose number is it?"""
    named = levels.filter(pl.col("strangeness").is_null())
    carriers = named.select("item_id", "number").unique().group_by("item_id").agg("number")
    numbers = pl.col("number").cast(pl.List(pl.String)).list.sort()
    return carriers.filter(pl.col("number").list.len() > 1).select(
        pl.col("item_id").cast(pl.String),
        twins=pl.format(
            "{} inventory items carry this SKU: {}; "
            "give each its own, or say identify_by: inventory_item_id",
            numbers.list.len(),
            numbers.list.head(_MOST_NAMED).list.join(", "),
        ),
    )
