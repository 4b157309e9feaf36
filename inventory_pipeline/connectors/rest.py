"""REST: any JSON over HTTP, read by configuration alone."""

from typing import Any, ClassVar

from pydantic import Field, model_validator

from inventory_pipeline.connectors.feeds import PagedFeed, check_feeds
from inventory_pipeline.connectors.http import HttpDoor, Surroundings, judge_json, judge_status
from inventory_pipeline.connectors.http_options import Call, HttpOptions
from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_connector import JsonConnector


class RestFeed(Call, PagedFeed):
    """One feed: its request, its pages, its columns."""


class RestOptions(HttpOptions):
    """A system that answers JSON."""

    feeds: dict[str, RestFeed] = Field(description="By feed: counts, movements, levels ...")

    @model_validator(mode="after")
    def _feeds_fit(self) -> "RestOptions":
        check_feeds(self.feeds, reads_past=self.reads_past)
        return self


class RestConnector(JsonConnector):
    """Asks one URL a feed, page by page."""

    options_model: ClassVar[Any] = RestOptions

    def __init__(
        self,
        *,
        system: str,
        options: RestOptions,
        root: str,
        world: Surroundings | None = None,
    ) -> None:
        super().__init__(
            system=system,
            options=options,
            feeds=options.feeds,
            calls=options.feeds,
            root=root,
            world=world or Surroundings(),
        )

    def _judge_answer(self, _door: HttpDoor, answer: Answer, also: tuple[int, ...]) -> None:
        judge_status(answer, also=also)
        if answer.status not in also:
            judge_json(answer, also=tuple(self._options.content_types))
