"""Tables: a source's own columns → the contract's columns, as text. Pure.

Every tabular connector ends here, so that all of them say the same about a missing column.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from difflib import get_close_matches

import polars as pl
import polars.selectors as cs

from inventory_pipeline.errors import ConfigError, SourceContractError
from inventory_pipeline.model.frames import QUARANTINE, RAW_FEEDS, build_empty
from inventory_pipeline.model.hours import HOUR, compute_slug
from inventory_pipeline.model.ports import Page, RawFrame

QUANTITY = "quantity"
PLACEHOLDERS = ("hour", "hour_start", "hour_end", "fetched_at")
MAX_RAW_CHARACTERS = 1_000
MAX_NAMES_SHOWN = 20
MAX_NAME_CHARACTERS = 60


@dataclass(frozen=True)
class Plan:
    """Where each of our columns of one feed comes from.

    Attributes:
        columns: our column → theirs; what is not named has the same name in the source.
        fixed: our column → a text for every row; it may hold ``{hour_start}`` and its like.
    """

    feed: str
    columns: Mapping[str, str] = field(default_factory=dict)
    fixed: Mapping[str, str] = field(default_factory=dict)

    @property
    def required(self) -> list[str]:
        """Return our columns that the source must have."""
        named = [*RAW_FEEDS[self.feed][0], *self.columns]
        return [ours for ours in dict.fromkeys(named) if ours not in self.fixed]

    def find_wanted(self) -> dict[str, str]:
        """Return our column → theirs for every column the source may have."""
        names = dict.fromkeys([*self.required, *RAW_FEEDS[self.feed][1]])
        return {ours: self.columns.get(ours, ours) for ours in names if ours not in self.fixed}

    def find_sources(self, seen: Sequence[str]) -> dict[str, str]:
        """Return our column → theirs for every column the source has.

        Raises:
            SourceContractError: a required column, or one the configuration names, is absent;
                or the source has a name twice.
        """
        wanted, present = self.find_wanted(), set(seen)
        if len(present) < len(seen):
            twin = next(name for name in seen if list(seen).count(name) > 1)
            raise SourceContractError(f"the column {twin!r} stands twice; wanted every name once")
        for ours in self.required:
            if wanted[ours] not in present:
                raise SourceContractError(self._describe_missing(ours, wanted[ours], seen))
        return {ours: theirs for ours, theirs in wanted.items() if theirs in present}

    def _describe_missing(self, ours: str, theirs: str, seen: Sequence[str]) -> str:
        seen = [name[:MAX_NAME_CHARACTERS] for name in seen]
        near = get_close_matches(theirs, seen, n=1, cutoff=0.0)
        if not near:
            return f"the column {theirs!r} is missing, and there is no column at all"
        return (
            f"the column {theirs!r} is missing; nearest seen is {near[0]!r}, all seen are "
            f"{', '.join(map(repr, seen[:MAX_NAMES_SHOWN]))}. If it has another name there, "
            f"say so: columns: {{{self.feed}: {{{ours}: {near[0]}}}}}"
        )


@contextmanager
def naming_source(system: str, feed: str) -> Iterator[None]:
    """Put system and feed before the text of a SourceContractError raised inside."""
    try:
        yield
    except SourceContractError as error:
        if error.system:
            raise
        raise SourceContractError(f"{feed}: {error}", system=system) from None


def find_unknown_columns(feed: str, names: Sequence[str]) -> str:
    """Return a sentence about the first name that is no column of the feed, or nothing."""
    known = [*RAW_FEEDS[feed][0], *RAW_FEEDS[feed][1]]
    for name in names:
        if name not in known:
            near = get_close_matches(name, known, n=1, cutoff=0.0)[0]
            return f"{name!r} is no column of {feed}; nearest is {near!r}"
    return ""


def check_names(feed: str, columns: Mapping[str, str], fixed: Mapping[str, str]) -> None:
    """Check the columns a configuration names for one feed.

    Raises:
        ValueError: a name that is no column of the feed, one that is both taken and fixed, or
            a fixed text with a placeholder nobody fills.
    """
    if sentence := find_unknown_columns(feed, [*columns, *fixed]):
        raise ValueError(sentence)
    for name in fixed:
        if name in columns:
            raise ValueError(f"{name!r} of {feed} stands in columns and in fixed; keep one")
    for name, text in fixed.items():
        for found in re.findall(r"\{([^{}]*)\}", text):
            if found not in PLACEHOLDERS:
                known_words = " ".join(f"{{{word}}}" for word in PLACEHOLDERS)
                raise ValueError(f"{name} of {feed}: {{{found}}} is none of {known_words}")


def refuse_unknown_feed(feed: str, feeds: Sequence[str], *, system: str) -> None:
    """Raise ConfigError unless ``feed`` is one of the configured ``feeds``."""
    if feed not in feeds:
        raise ConfigError(
            f"systems.{system}.options: there is no feed {feed!r}; there is {', '.join(feeds)}"
        )


def number_rows(frame: pl.DataFrame) -> pl.DataFrame:
    """Add ``row``: 1-based position, Int64, as first column."""
    return frame.select(pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("row"), *frame.columns)


def fill_fixed(frame: pl.DataFrame, plan: Plan, page: Page) -> pl.DataFrame:
    """Add the columns that the configuration fixes, filled from what the page knows."""
    texts = {ours: fill_text(text, page) for ours, text in plan.fixed.items()}
    return frame.with_columns(
        **{ours: pl.lit(text, dtype=pl.String) for ours, text in texts.items()}
    )


def fill_text(text: str, page: Page) -> str:
    """Fill ``{hour} {hour_start} {hour_end} {fetched_at}`` from what the page knows.

    Raises:
        SourceContractError: the page does not know what the text asks for.
    """
    known = _find_instants(page)
    for name in PLACEHOLDERS:
        if f"{{{name}}}" in text and name not in known:
            raise SourceContractError(f"the landed page does not say its {name}: {text!r}")
        text = text.replace(f"{{{name}}}", known.get(name, ""))
    return text


def _find_instants(page: Page) -> dict[str, str]:
    known = {}
    if page.hour_at is not None:
        known["hour"] = compute_slug(page.hour_at)
        known["hour_start"] = render_instant(page.hour_at)
        known["hour_end"] = render_instant(page.hour_at + HOUR)
    if page.fetched_at is not None:
        known["fetched_at"] = render_instant(page.fetched_at)
    return known


def render_instant(moment: datetime) -> str:
    """Write an instant as ``2026-04-06T10:00:00Z``, microseconds only where there are any."""
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def build_rejected(rows: Sequence[tuple[int, str, str]]) -> pl.DataFrame:
    """Return a QUARANTINE frame of (row, reason, raw text); long text is cut."""
    cut = [(row, reason, raw[:MAX_RAW_CHARACTERS]) for row, reason, raw in rows]
    return pl.DataFrame(cut, schema=dict(QUARANTINE), orient="row")


def join_parts(parts: Sequence[RawFrame], plan: Plan) -> RawFrame:
    """Put the frames of several pages under each other; rows count on from page to page."""
    if not parts:
        columns = dict.fromkeys(plan.required, pl.String())
        return RawFrame(
            pl.DataFrame(schema={"row": pl.Int64(), **columns}), build_empty(QUARANTINE)
        )
    if len(parts) == 1:
        return parts[0]
    rows, rejected, before = [], [], 0
    for part in parts:
        # Two pages number their texts each in its own way.
        texts = part.rows.with_columns(cs.categorical().cast(pl.String))
        rows.append(texts.with_columns(pl.col("row") + before))
        rejected.append(part.rejected.with_columns(pl.col("row") + before))
        before += part.rows.height + part.rejected.height
    return RawFrame(pl.concat(rows, how="diagonal_relaxed"), pl.concat(rejected))
