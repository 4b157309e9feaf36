"""Levels: what a shop says of items at places, gathered part by part and judged. Pure.

Grain: one level. They come from pages or from one large file, before or behind their items,
and of each only what a row needs is kept: a million levels fit in memory, their text does not.
"""

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import polars as pl

from inventory_pipeline.connectors.shopify.documents import ON_HAND, PARTS
from inventory_pipeline.connectors.shopify.options import ShopifyOptions
from inventory_pipeline.connectors.tables import MAX_RAW_CHARACTERS
from inventory_pipeline.model.ports import RawFrame
from inventory_pipeline.model.wording import word

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
# So many levels look up their items at once.
_AT_ONCE = 1 << 16
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
        self._levels.append(self._shape(levels, as_of))

    def describe(self) -> list[str]:
        """Return one sentence for each kind of what is left out on purpose."""
        items, ways = self._gather_items(), Counter[str]()
        for part in self._find_parts():
            found = _name(part, items).filter("is_tracked")["way"].value_counts()
            ways.update(dict(found.cast({"way": pl.String}).iter_rows()))
        counts = [
            ("items left out because they are not tracked", (~items["is_tracked"]).sum()),
            ("levels left out because they are not active", ways["inactive"]),
            ("levels left out because their location is not configured", ways["away"]),
        ]
        return [f"{said}: {count:,}" for said, count in counts if count]

    def build(self) -> RawFrame:
        """Return the rows, and what cannot be one; part by part, so that nothing is held twice."""
        items, first = self._judge_items(), 1
        rows, rejected = [], []
        for part in self._find_parts():
            levels = _name(part, items).filter((pl.col("way") == "here") & pl.col("is_tracked"))
            levels = _number(levels, first=first, step=len(self.options.facts))
            first += levels.height * len(self.options.facts)
            is_good = pl.col("reason").is_null()
            rows.append(self._build_rows(levels.filter(is_good)))
            rejected.append(self._reject(levels.filter(~is_good)))
        frame = pl.concat(rows)
        if first < _CODED_FROM:
            frame = frame.cast(dict.fromkeys(_CODED, pl.String))
        return RawFrame(frame, pl.concat(rejected))

    def _find_parts(self) -> Iterator[pl.DataFrame]:
        """Yield all levels, many at once, but not all of them; no level is an empty part."""
        waiting: list[pl.DataFrame] = []
        for part in self._levels or [self._shape(build_levels([], self.options.names), "")]:
            waiting.append(part)
            if sum(one.height for one in waiting) >= _AT_ONCE:
                yield pl.concat(waiting)
                waiting = []
        if waiting:
            yield pl.concat(waiting)

    def _shape(self, levels: pl.DataFrame, as_of: str) -> pl.DataFrame:
        """Return what is kept of some levels."""
        place = "place_name" if self.options.locate_by == "name" else "place_id"
        return levels.select(
            _NUMBER,
            pl.col(place).cast(self._kinds["location_id"]).alias("location_id"),
            _find_way(place, self.options.locations).cast(_WAY).alias("way"),
            _find_problems(levels, self.options.names),
            pl.lit(as_of).alias("as_of"),
            *dict.fromkeys(self.options.facts.values()),
        )

    def _gather_items(self) -> pl.DataFrame:
        """Return items by number; ``has_two`` of them have two names."""
        items = pl.concat(self._items or [_NO_ITEMS]).unique()
        return items.group_by("number").agg(
            pl.col("sku", "is_tracked").first(), has_two=pl.len() > 1
        )

    def _judge_items(self) -> pl.DataFrame:
        """Return items by number, what they are called here, and why they cannot be told."""
        called = pl.col("sku") if self.options.identify_by == "sku" else pl.col("number")
        items = self._gather_items().with_columns(
            item_id=called.cast(pl.String).cast(self._kinds["item_id"]),
            strangeness=pl.when("has_two")
            .then(pl.lit("its inventory item came twice, with two SKUs"))
            .when(called.cast(pl.String) == "")
            .then(word("the inventory item {} has no SKU", "number")),
        )
        counted = pl.concat(
            part.filter(pl.col("way") == "here").select("number").unique()
            for part in self._find_parts()
        ).unique()
        twins = _find_twins(items.join(counted, on="number", how="semi"))
        return items.join(
            twins, on="item_id", how="left", validate="m:1"
        ).with_columns(strangeness=pl.coalesce("strangeness", "twins"))  # fmt: skip

    def _build_rows(self, levels: pl.DataFrame) -> pl.DataFrame:
        facts = [
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
        return pl.concat(facts).sort("row")

    def _reject(self, levels: pl.DataFrame) -> pl.DataFrame:
        raw = pl.struct(
            pl.col("number").cast(pl.String).alias("inventory_item_id"),
            "sku",
            pl.col("location_id").cast(pl.String).alias("location"),
            *dict.fromkeys(self.options.facts.values()),
        )
        return levels.select(
            "row", "reason", raw=raw.struct.json_encode().str.slice(0, MAX_RAW_CHARACTERS)
        )


def build_items(rows: Sequence[tuple[str, str | None, bool]]) -> pl.DataFrame:
    """Return items one by one as a part."""
    return pl.DataFrame(rows, schema=ITEM, orient="row")


def build_levels(rows: Sequence[tuple[str | bool | None, ...]], names: list[str]) -> pl.DataFrame:
    """Return levels one by one as a part: what LEVEL has, then the quantities."""
    schema = {**LEVEL, **dict.fromkeys(names, pl.String())}
    return pl.DataFrame(rows, schema=schema, orient="row")


_NO_ITEMS = pl.DataFrame(schema={**ITEM, "number": pl.Int64()})


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
    wrong = word(f"on_hand is {{}}, and {' + '.join(PARTS)} make {{}}", ON_HAND, total)
    found = levels.select(reason=pl.coalesce(*lacking, odd, wrong))["reason"]
    return problems.zip_with(is_good, found)


def _name(levels: pl.DataFrame, items: pl.DataFrame) -> pl.DataFrame:
    """Return levels beside their items; one without an item is told as tracked."""
    joined = levels.join(items, on="number", how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(pl.col("is_tracked").fill_null(value=True))


def _number(levels: pl.DataFrame, *, first: int, step: int) -> pl.DataFrame:
    """Add the number of each level's first row, and one reason out of all."""
    orphan = pl.when(pl.col("sku").is_null()).then(
        pl.lit("no inventory item of that id came with it")
    )
    return levels.with_columns(
        row=pl.int_range(pl.len(), dtype=pl.Int64) * step + first,
        reason=pl.coalesce(orphan, "strangeness", "reason"),
    )


def _find_twins(items: pl.DataFrame) -> pl.DataFrame:
    """Return what is wrong with a name that several items carry: whose number is it?"""
    named = items.filter(pl.col("is_tracked") & pl.col("strangeness").is_null())
    carriers = named.group_by("item_id").agg("number").filter(pl.col("number").list.len() > 1)
    numbers = pl.col("number").cast(pl.List(pl.String)).list.sort()
    return carriers.select(
        "item_id",
        twins=word(
            "{} inventory items carry this SKU: {}; "
            "give each its own, or say identify_by: inventory_item_id",
            numbers.list.len(),
            numbers.list.head(_MOST_NAMED).list.join(", "),
        ),
    )
