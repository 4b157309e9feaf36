"""REST: any JSON over HTTP, read by configuration alone."""

from typing import Any, ClassVar, Self

from pydantic import Field, model_validator

from inventory_pipeline.connectors.feeds import JsonOptions, PagedFeed
from inventory_pipeline.connectors.http import HttpDoor, judge_json, judge_status
from inventory_pipeline.connectors.http_options import Call
from inventory_pipeline.connectors.http_receiver import HttpReceiver
from inventory_pipeline.connectors.http_wire import Answer
from inventory_pipeline.connectors.json_connector import JsonConnector
from inventory_pipeline.connectors.paging_keys import Keyset
from inventory_pipeline.connectors.rest_writer import RestWrite, RestWriter
from inventory_pipeline.connectors.templates import find_fields
from inventory_pipeline.model.delivery import Writer


class RestFeed(Call, PagedFeed):
    """One feed: its request, its pages, its columns."""

    @model_validator(mode="after")
    def _comes_after_what_is_known(self) -> Self:
        fields = find_fields([self.path, self.query, self.headers, self.body, self.form or {}])
        known = set(self.paging.after) if isinstance(self.paging, Keyset) else set()
        for name in sorted(fields - known):
            raise ValueError(
                f"{{after.{name}}} is none of paging.after: {', '.join(sorted(known))}"
            )
        if known - fields:
            raise ValueError(f"the request never says {{after.{min(known - fields)}}}")
        return self


class RestOptions(JsonOptions):
    """A system that answers JSON."""

    feeds: dict[str, RestFeed] = Field(description="By feed: counts, movements, levels ...")
    write: RestWrite | None = Field(None, description="How corrections are written.")


class RestConnector(JsonConnector):
    """Asks one URL a feed, page by page."""

    options_model: ClassVar[Any] = RestOptions
    _options: RestOptions

    def build_writer(self) -> Writer | None:
        """Return the writing side, where ``write`` describes one."""
        options = self._options
        if options.write is None:
            return None
        receiver = HttpReceiver(options, options.write, root=self._root, world=self._world)
        return RestWriter(
            receiver, options.write, system=self._system, content_types=options.content_types
        )

    def _write_call(self, feed: Any) -> Call:
        call: Call = feed  # a feed of REST is its own request
        return call

    def _judge_answer(self, _door: HttpDoor, answer: Answer, also: tuple[int, ...]) -> None:
        judge_status(answer, also=also)
        if answer.status not in also:
            judge_json(answer, also=tuple(self._options.content_types))
