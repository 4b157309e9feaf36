"""Feeds over HTTP: the options a feed of any JSON connector has."""

from collections.abc import Mapping
from datetime import timedelta
from difflib import get_close_matches
from typing import Any, Self

from pydantic import Field, model_validator

from inventory_pipeline.config.values import Duration
from inventory_pipeline.connectors.http_options import HttpOptions, Options
from inventory_pipeline.connectors.json_columns import Rows, plan_rows
from inventory_pipeline.connectors.json_paths import Path, find_text
from inventory_pipeline.connectors.paging import NoPaging, Paging
from inventory_pipeline.errors import SourceContractError
from inventory_pipeline.model.frames import RAW_FEEDS


class Failure(Options):
    """How a source says "no" in an answer that looks like success."""

    path: str = Field(description="If anything but null stands here, the answer failed.")
    is_in: list[str] | None = Field(None, description="... only if it is one of these.")
    not_in: list[str] | None = Field(
        None, description="Or: the answer failed unless one of these stands here."
    )

    def judge(self, document: Any) -> None:
        """Raise SourceContractError if the answer says no.

        The text that stands there is foreign and is not repeated, unless we configured it.
        """
        value = Path.parse(self.path).find(document)
        text = find_text(document, Path.parse(self.path))
        if self.not_in is not None:
            has_failed = text not in self.not_in
        elif self.is_in is not None:
            has_failed = text in self.is_in
        else:
            has_failed = text is not None or (type(value) in (dict, list) and bool(value))
        if has_failed:
            said = repr(text) if text in (self.is_in or ()) else "what"
            raise SourceContractError(f"{said} stands at {self.path!r} says that it failed")

    @model_validator(mode="after")
    def _can_be_judged(self) -> "Failure":
        Path.parse(self.path)
        if self.is_in is not None and self.not_in is not None:
            raise ValueError("give is_in or not_in, not both")
        return self


class PagedFeed(Rows):
    """How one feed is paged, counted and judged."""

    paging: Paging = Field(NoPaging(), description="How one page leads to the next.")
    total: str | None = Field(
        None, description="Path to the number of rows in all; checked against what came."
    )
    total_header: str | None = Field(None, description="Or: the header that holds it.")
    overlap: Duration = Field(
        timedelta(), description="{since} lies this much earlier: what is booked late is seen."
    )
    fails_when: list[Failure] = Field(
        default_factory=list, description="Failures inside an answer with status 200."
    )
    may_be_empty: bool = Field(
        False,
        description="No rows are nothing to wonder at; a key that was there before is missed all "
        "the same.",
    )
    reread_first_page: bool = Field(
        False,
        description="Read page 1 again at the end; if it changed, read everything once more.",
    )

    @model_validator(mode="after")
    def _has_paths(self) -> "PagedFeed":
        Path.parse(self.total or "")
        if self.total is not None and self.total_header is not None:
            raise ValueError("give total or total_header, not both")
        return self


def check_feeds(feeds: Mapping[str, PagedFeed], *, reads_past: bool) -> None:
    """Raise ValueError for the first feed that cannot be read as configured."""
    if not feeds:
        raise ValueError(f"feeds: name at least one of {', '.join(RAW_FEEDS)}")
    for feed, rows in feeds.items():
        if feed not in RAW_FEEDS:
            near = get_close_matches(feed, RAW_FEEDS, n=1, cutoff=0.0)[0]
            raise ValueError(f"feeds: {feed!r} is no feed; nearest is {near!r}")
        try:
            plan_rows(feed, rows)
        except ValueError as error:
            raise ValueError(f"feeds.{feed}.{error}") from None
        asked = rows.model_dump_json(exclude={"rows", "columns", "facts"})
        if reads_past and "{hour" not in asked:
            raise ValueError(f"feeds.{feed}: with reads_past: every request names {{hour_start}}")


class JsonOptions(HttpOptions):
    """A system that answers JSON: how it is spoken to, and its feeds."""

    feeds: Mapping[str, PagedFeed] = Field(description="By feed: counts, movements, levels ...")

    @model_validator(mode="after")
    def _feeds_fit(self) -> Self:
        check_feeds(self.feeds, reads_past=self.reads_past)
        return self
