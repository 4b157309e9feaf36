"""Identity: their item, unit and location turned into ours, by the catalogue files.

What is not listed maps to itself, in eaches. A unit without a factor is unresolved, never 1.
"""

from datetime import UTC, datetime
from pathlib import Path

import polars as pl

from inventory_pipeline.errors import ConfigError
from inventory_pipeline.model.catalog import Catalog
from inventory_pipeline.model.frames import INSTANT
from inventory_pipeline.model.quantities import EACH_UNITS, MAX_UNITS, parse_fraction

TRUE_WORDS = ("true", "yes", "y", "1")
_BEGINNING = "0001-01-01T00:00:00+00:00"
_END = "9999-12-31T00:00:00+00:00"


ITEM_COLUMNS = (
    "sku", "title", "price", "unit_cost", "abc_class", "safety_stock", "lead_days",
    "min_order_units", "bin", "is_bundle",
)  # fmt: skip
IDENTITY_COLUMNS = (
    "sku", "system", "item_id", "unit", "eaches_per_unit", "valid_from", "valid_to",
)  # fmt: skip
LOCATION_COLUMNS = ("location_id", "system", "their_location_id")


def load_catalog(
    root: Path, *, items: str | None, locations: str | None, identities: str | None
) -> Catalog:
    """Read the catalogue's CSV files; a file that is not configured is empty.

    Raises:
        ConfigError: a file is missing, lacks a column, or contradicts itself.
    """
    return Catalog(
        items=_shape_items(_read(root, items, ITEM_COLUMNS, ("sku",)), items or ""),
        identities=_shape_identities(
            _read(root, identities, IDENTITY_COLUMNS, ("sku", "system", "item_id")),
            identities or "",
        ),
        locations=_shape_locations(
            _read(root, locations, LOCATION_COLUMNS, LOCATION_COLUMNS), locations or ""
        ),
    )


def _read(
    root: Path, name: str | None, columns: tuple[str, ...], required: tuple[str, ...]
) -> pl.DataFrame:
    empty = pl.DataFrame(schema=dict.fromkeys((*columns, "row"), pl.String))
    if name is None:
        return empty
    path = root / name
    try:
        frame = pl.read_csv(path, infer_schema=False, empty_string_is_null=False)
    except FileNotFoundError:
        raise ConfigError(f"catalog: {path} does not exist; create it or drop the key") from None
    except pl.exceptions.NoDataError:
        raise ConfigError(f"{path} is empty; it wants a header: {','.join(columns)}") from None
    except (pl.exceptions.PolarsError, OSError) as error:
        raise ConfigError(f"{path} is no readable CSV: {error}") from None
    missing = [column for column in required if column not in frame.columns]
    if missing:
        raise ConfigError(f"{path}:1: column {missing[0]!r} is missing; it has {frame.columns}")
    known = [column for column in columns if column in frame.columns]
    lacking = [column for column in columns if column not in frame.columns]
    return frame.select(known).with_columns(
        *[pl.lit("").alias(column) for column in lacking],
        row=(pl.int_range(pl.len()) + 2).cast(pl.String),
    )


def _shape_items(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    _refuse_repeats(frame, ("sku",), name)
    _refuse_numbers(frame, "safety_stock", r"^[0-9]{1,9}$", "a whole number from 0", name)
    for column in ("price", "unit_cost"):
        _refuse_numbers(frame, column, r"^[0-9]{1,12}(\.[0-9]+)?$", "an amount", name)
    return frame.select(
        "sku",
        "title",
        pl.col("price", "unit_cost").cast(pl.Float64, strict=False),
        "abc_class",
        pl.col("safety_stock").cast(pl.Int64, strict=False).fill_null(0),
        "bin",
        is_bundle=pl.col("is_bundle").str.to_lowercase().is_in(TRUE_WORDS),
    ).sort("sku")


def _shape_identities(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    shaped = frame.with_columns(
        unit=pl.col("unit").str.to_uppercase(),
        **_read_factors(frame, name),
        valid_from=_read_day(frame["valid_from"], _BEGINNING, name),
        valid_to=_read_day(frame["valid_to"], _END, name),
    ).sort("system", "item_id", "unit", "valid_from")
    _refuse_ambiguity(shaped, ("system", "item_id", "unit"), "sku", name)
    _refuse_ambiguity(shaped, ("system", "sku", "unit"), "item_id", name)
    return shaped.drop("row", "eaches_per_unit")


def _read_factors(frame: pl.DataFrame, name: str) -> dict[str, pl.Expr]:
    """Read each text once: a catalogue has many items and few case sizes."""
    first = frame.unique("eaches_per_unit", keep="first", maintain_order=True)
    read = {
        row["eaches_per_unit"]: _read_factor(row, name)
        for row in first.iter_rows(named=True)
        if row["eaches_per_unit"].strip()
    }
    text, parts = pl.col("eaches_per_unit"), {}
    is_each = pl.col("unit").str.strip_chars().str.to_uppercase().is_in(EACH_UNITS)
    for place, part in enumerate(("numerator", "denominator")):
        # 0 marks a unit nobody resolved
        unnamed = pl.when(is_each).then(1).otherwise(place)
        book = {key: factor[place] for key, factor in read.items()}
        found = text.replace_strict(book, default=None, return_dtype=pl.Int64)
        parts[part] = pl.coalesce(found, unnamed.cast(pl.Int64))
    return parts


def _read_factor(row: dict[str, str], name: str) -> tuple[int, int]:
    place = f"{name}:{row['row']}: eaches_per_unit"
    try:
        factor = parse_fraction(row["eaches_per_unit"].strip())
    except ValueError as error:
        raise ConfigError(f"{place}: {error}") from None
    if factor.numerator > MAX_UNITS:
        # Times a quantity it would leave 64 bits.
        raise ConfigError(f"{place} is {factor}, wanted at most {MAX_UNITS:,} above the line")
    return factor.numerator, factor.denominator


def _read_day(column: pl.Series, default: str, name: str) -> pl.Series:
    """Read days and instants; without a zone they are UTC, and an empty cell is ``default``."""
    texts = column.unique(maintain_order=True)
    days = [_parse_day(text.strip() or default, column.name, name) for text in texts]
    return column.replace_strict(texts, pl.Series(days, dtype=INSTANT), return_dtype=INSTANT)


def _parse_day(text: str, column: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise ConfigError(
            f"{name}: {column} is {text!r}, wanted a day such as 2026-04-06"
        ) from None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def _refuse_repeats(frame: pl.DataFrame, columns: tuple[str, ...], name: str) -> None:
    twice = frame.filter(pl.struct(columns).is_duplicated())
    if twice.height:
        first = twice.row(0, named=True)
        key = ", ".join(f"{column}={first[column]!r}" for column in columns)
        raise ConfigError(f"{name}:{first['row']}: {key} stands twice; keep one line")


def _refuse_numbers(frame: pl.DataFrame, column: str, pattern: str, wanted: str, name: str) -> None:
    bad = frame.filter((pl.col(column) != "") & ~pl.col(column).str.contains(pattern))
    if bad.height:
        row = bad.row(0, named=True)
        raise ConfigError(f"{name}:{row['row']}: {column} is {row[column]!r}, wanted {wanted}")


def _refuse_ambiguity(frame: pl.DataFrame, keys: tuple[str, ...], target: str, name: str) -> None:
    """Two validities of one key may not overlap: a count would have two meanings."""
    if not frame.select(pl.struct(keys).is_duplicated().any()).item():
        return
    clash = frame.sort(*keys, "valid_from").filter(
        pl.col("valid_from") < pl.col("valid_to").shift(1).over(keys)
    )
    if not clash.height:
        return
    row = clash.row(0, named=True)
    both = frame.filter(pl.all_horizontal(pl.col(k) == row[k] for k in keys))[target].to_list()
    key = ", ".join(f"{k} {row[k]!r}" for k in keys)
    raise ConfigError(
        f"{name}:{row['row']}: {key} means {' and '.join(repr(t) for t in both)} at the same time; "
        "keep one, or give them valid_from and valid_to that do not overlap"
    )


def _shape_locations(frame: pl.DataFrame, name: str) -> pl.DataFrame:
    _refuse_repeats(frame, ("location_id", "system", "their_location_id"), name)
    twice = frame.filter(pl.struct("location_id", "system").is_duplicated())
    if twice.height:
        row = twice.row(0, named=True)
        raise ConfigError(
            f"{name}:{row['row']}: {row['location_id']!r} has two names in {row['system']!r}; "
            "keep one"
        )
    return frame.drop("row").sort("system", "their_location_id", "location_id")


def map_locations(frame: pl.DataFrame, locations: pl.DataFrame, *, system: str) -> pl.DataFrame:
    """Turn ``location_id`` from theirs into ours; what is not listed stays as it is."""
    ours = (
        locations.filter(pl.col("system") == system)
        .group_by("their_location_id")
        .agg(ours=pl.col("location_id").sort().str.join("+"))
    )
    if ours.is_empty():
        return frame
    return (
        frame.join(
            ours, left_on="location_id", right_on="their_location_id", how="left", validate="m:1"
        )
        .with_columns(location_id=pl.coalesce("ours", "location_id"))
        .drop("ours")
    )


def map_items(
    frame: pl.DataFrame, identities: pl.DataFrame, *, system: str, default_unit: str, at: str
) -> pl.DataFrame:
    """Turn ``item_id`` and ``unit`` into ``sku`` and an exact factor.

    Args:
        frame: has item_id, unit (null or '' where the source names none) and the instant ``at``.
        default_unit: the unit of rows that name none; '' means the item's own single unit.

    Returns:
        The frame with sku, numerator and denominator; numerator 0 marks an unresolved unit.
    """
    known = identities.filter(pl.col("system") == system)
    unit = pl.col("unit").fill_null("").str.strip_chars().str.to_uppercase()
    keyed = frame.with_columns(
        unit=pl.when(unit == "").then(pl.lit(default_unit.upper())).otherwise(unit)
    )
    if known.is_empty():
        return _map_to_themselves(keyed)
    single = (
        known.group_by("item_id")
        .agg(own_unit=pl.col("unit").first(), units=pl.col("unit").n_unique())
        .filter(pl.col("units") == 1)
        .drop("units")
    )
    keyed = (
        keyed.join(single, on="item_id", how="left", validate="m:1")
        .with_columns(
            unit=pl.when(pl.col("unit") == "")
            .then(pl.coalesce("own_unit", "unit"))
            .otherwise("unit")
        )
        .drop("own_unit")
    )
    return _join_identity(keyed, known, at)


def _map_to_themselves(frame: pl.DataFrame) -> pl.DataFrame:
    is_each = pl.col("unit").is_in(EACH_UNITS)
    return frame.with_columns(
        sku=pl.col("item_id"),
        numerator=pl.when(is_each).then(1).otherwise(0).cast(pl.Int64),
        denominator=pl.lit(1, pl.Int64),
    )


def _join_identity(frame: pl.DataFrame, known: pl.DataFrame, at: str) -> pl.DataFrame:
    numbered = frame.with_row_index("place")
    listed = (
        numbered.select("place", "item_id", "unit", pl.col(at).alias("at"))
        .join(
            known.select(
                "item_id", "unit", "sku", "numerator", "denominator", "valid_from", "valid_to"
            ),
            on=["item_id", "unit"],
            how="inner",
            validate="m:m",
        )
        .filter((pl.col("at") >= pl.col("valid_from")) & (pl.col("at") < pl.col("valid_to")))
        .select("place", "sku", "numerator", "denominator")
    )
    # An each of an item that is listed in another unit only still has a known sku.
    named = known.group_by("item_id").agg(named=pl.col("sku").unique().sort().first())
    is_each = pl.col("unit").is_in(EACH_UNITS)
    return (
        numbered.join(listed, on="place", how="left", validate="1:1")
        .join(named, on="item_id", how="left", validate="m:1")
        .with_columns(
            sku=pl.coalesce("sku", "named", "item_id"),
            numerator=pl.coalesce("numerator", pl.when(is_each).then(1).otherwise(0)),
            denominator=pl.coalesce("denominator", pl.lit(1, pl.Int64)),
        )
        .drop("place", "named")
    )
