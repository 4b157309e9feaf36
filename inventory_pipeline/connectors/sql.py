"""SQL: any database SQLAlchemy reaches, one read-only query for each feed."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar

import sqlalchemy
from pydantic import ConfigDict, Field, field_validator, model_validator
from sqlalchemy import URL, Connection

from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Duration, Secret, render_duration
from inventory_pipeline.connectors.parquet_table import parse_parquet
from inventory_pipeline.connectors.sql_engine import (
    Deadline,
    build_engine,
    forbid_writing,
    parse_url,
)
from inventory_pipeline.connectors.sql_errors import translating
from inventory_pipeline.connectors.sql_query import (
    HOUR_BOUNDS,
    check_query,
    fill_parameters,
    find_parameters,
)
from inventory_pipeline.connectors.sql_values import build_page_body
from inventory_pipeline.connectors.sql_write_options import (
    SqlWrite,
    build_write_url,
    check_statements,
    check_user,
)
from inventory_pipeline.connectors.sql_writer import SqlWriter
from inventory_pipeline.connectors.tables import (
    Plan,
    check_names,
    join_parts,
    naming_source,
    refuse_unknown_feed,
)
from inventory_pipeline.errors import (
    ConfigError,
    SourceContractError,
    SourceError,
    SourceRefusedError,
    SourceUnavailableError,
)
from inventory_pipeline.model.delivery import Writer
from inventory_pipeline.model.frames import RAW_FEEDS
from inventory_pipeline.model.ports import FetchContext, Fetched, Page, PageSink, RawFrame


class SqlFeed(Model):
    """One query; its columns are a feed's columns."""

    query: str = Field(
        description="One select. :hour_start and :hour_end bound the hour, :hour_at is its start; "
        ":since is until when it was read before."
    )
    columns: dict[str, str] = Field(
        default_factory=dict, description="Our column: the name it has in the result."
    )
    fixed: dict[str, str] = Field(
        default_factory=dict,
        description="Our column: its text for every row, where the result lacks it; "
        "{hour} {hour_start} {hour_end} {fetched_at} are filled in.",
    )
    overlap: Duration = Field(
        timedelta(), description=":since lies this much earlier: what is booked late is seen."
    )


class SqlOptions(Model):
    """Where the database is and what is asked of it."""

    # A url may hold a password by mistake: it must not come back in an error.
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)

    url: Secret | str | None = Field(
        None, description="SQLAlchemy URL without password, or a secret that may hold one."
    )
    drivername: str | None = Field(None, description="Instead of url: such as postgresql.")
    host: str | None = None
    port: int | None = Field(None, ge=1, le=65535)
    database: str | None = None
    username: str | None = None
    password: Secret | None = None
    arguments: dict[str, str] = Field(
        default_factory=dict, description="Driver's own arguments, such as sslmode: verify-full."
    )
    feeds: dict[str, SqlFeed] = Field(min_length=1, description="Feed: the query that gives it.")
    reads_past: bool = Field(
        default=False,
        description="Whether every query answers for the hour it is asked for, now or later; "
        "each must then use :hour_start or :hour_end.",
    )
    timeout: Duration = Field(timedelta(seconds=60), description="Longest time of a statement.")
    deadline: Duration = Field(timedelta(minutes=10), description="Longest time of a feed.")
    page_rows: int = Field(50_000, ge=1, description="Rows held in memory at once.")
    max_rows: int = Field(100_000_000, ge=1, description="The most rows a query may give.")
    write: SqlWrite | None = Field(None, description="How corrections are written.")

    @field_validator("url")
    @classmethod
    def _holds_no_password(cls, value: Secret | str | None) -> Secret | str | None:
        if isinstance(value, str) and parse_url(value).password is not None:
            raise ValueError(
                "the url holds a password; take it out and write password: {env: NAME}"
            )
        return value

    @model_validator(mode="after")
    def _hangs_together(self) -> "SqlOptions":
        if (self.url is None) == (self.drivername is None):
            raise ValueError("write url, or drivername with host and database; not both")
        for feed, asked in self.feeds.items():
            if feed not in RAW_FEEDS:
                raise ValueError(f"feeds: {feed!r} is none of {', '.join(RAW_FEEDS)}")
            check_names(feed, asked.columns, asked.fixed)
            if self.reads_past and not set(HOUR_BOUNDS) & set(find_parameters(asked.query)):
                raise ValueError(
                    f"reads_past: the query of {feed} uses neither :hour_start nor :hour_end, "
                    "so it gives the present whatever hour is asked for"
                )
        if not isinstance(self.url, Secret):
            check_queries(self, self.build_url(None))
        if self.write is not None:
            check_user(self.write, None if isinstance(self.url, Secret) else self.build_url(None))
        return self

    def build_url(self, password: str | None) -> URL:
        """Return the address, with ``password`` where there is one."""
        if isinstance(self.url, str):
            url = parse_url(self.url)
        else:
            url = URL.create(
                str(self.drivername),
                username=self.username,
                host=self.host,
                port=self.port,
                database=self.database,
            )
        url = url if password is None else url.set(password=password)
        return url.update_query_dict(self.arguments)


def check_queries(options: SqlOptions, url: URL) -> None:
    """Raise ValueError for the first query that is not one select."""
    for feed, asked in options.feeds.items():
        try:
            check_query(asked.query, url.get_backend_name())
        except ValueError as error:
            raise ValueError(f"feeds.{feed}.query: {error}") from None


class SqlConnector:
    """Asks one query a feed, in a read-only transaction, page by page."""

    options_model: ClassVar = SqlOptions

    def __init__(self, *, system: str, options: SqlOptions, root: str) -> None:
        self._system = system
        self._options = options
        self._root = root

    @property
    def reads_past(self) -> bool:
        """Return whether the configuration says that an hour can be asked for later."""
        return self._options.reads_past

    def find_feeds(self) -> Sequence[str]:
        return [feed for feed in RAW_FEEDS if feed in self._options.feeds]

    def fetch(self, feed: str, context: FetchContext, sink: PageSink) -> Fetched:
        """Run the feed's query and give its rows to ``sink``, some thousands a page."""
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        deadline = Deadline(self._options.deadline)
        with self._naming(feed, deadline):
            url, secrets = self._find_url()
            with translating(secrets):
                rows, pages = self._read(feed, url, context, deadline, sink)
        marker = f"query finished: {rows:,} rows in {pages} pages"
        return Fetched(is_complete=True, end_marker=marker)

    def build_writer(self) -> Writer | None:
        """Return the writing side, where ``write`` describes one."""
        write = self._options.write
        if write is None:
            return None
        return SqlWriter(write, find_url=self._find_write_url, system=self._system, root=self._root)

    def _find_write_url(self) -> tuple[URL, list[str]]:
        options = self._options
        try:
            write = options.write or SqlWrite()
            url = build_write_url(write, self._find_base_url, self._root)
            url = url.update_query_dict(options.arguments)
            check_statements(write, url.get_backend_name())
        except ValueError as error:
            raise ConfigError(str(error)) from None
        return url, [str(url.password)] if url.password else []

    def _find_base_url(self) -> URL:
        options = self._options
        if isinstance(options.url, Secret):
            return parse_url(options.url.reveal(self._root))
        return options.build_url(None)

    def _read(
        self, feed: str, url: URL, context: FetchContext, deadline: Deadline, sink: PageSink
    ) -> tuple[int, int]:
        """Give every page to ``sink``; return how many rows and pages there were."""
        asked, database = self._options.feeds[feed], url.get_backend_name()
        since = context.read_until - asked.overlap
        values = fill_parameters(asked.query, database, context.hour_at, since=since)
        rows = pages = 0
        with (
            build_engine(url, root=self._root).connect() as connection,
            deadline.watching(connection),
        ):
            forbid_writing(connection, timeout=self._options.timeout)
            for names, part in self._read_parts(connection, asked.query, values):
                deadline.check()
                body = build_page_body(names, part)
                sink(Page(body, "parquet", None, context.hour_at, context.now()))
                rows, pages = rows + len(part), pages + 1
        return rows, pages

    def parse(self, feed: str, pages: Iterable[Page]) -> RawFrame:
        refuse_unknown_feed(feed, self.find_feeds(), system=self._system)
        asked = self._options.feeds[feed]
        plan = Plan(feed, asked.columns, asked.fixed)
        limit = self._options.max_rows
        with naming_source(self._system, feed):
            return join_parts([parse_parquet(page, plan, max_rows=limit) for page in pages], plan)

    def _read_parts(
        self, connection: Connection, query: str, values: dict[str, Any]
    ) -> Iterator[tuple[list[str], Sequence[Sequence[Any]]]]:
        """Yield the names of the columns and some rows, at least once, until there are no more."""
        size = self._options.page_rows
        streaming = {"stream_results": True, "max_row_buffer": size}
        result = connection.execute(sqlalchemy.text(query), values, execution_options=streaming)
        names, total = list(result.keys()), 0
        for part in result.partitions(size):
            total += len(part)
            if total > self._options.max_rows:
                raise SourceContractError(
                    f"the query gives more than {self._options.max_rows:,} rows; "
                    "raise max_rows if that is right"
                )
            yield names, part
        if total == 0:
            yield names, ()

    def _find_url(self) -> tuple[URL, list[str]]:
        """Return the address with its password, and the words no message may hold."""
        options = self._options
        try:
            if isinstance(options.url, Secret):
                url = self._find_base_url().update_query_dict(options.arguments)
            else:
                secret = options.password
                url = options.build_url(None if secret is None else secret.reveal(self._root))
            check_queries(options, url)
        except ValueError as error:
            raise ConfigError(str(error)) from None
        return url, [str(url.password)] if url.password else []

    @contextmanager
    def _naming(self, feed: str, deadline: Deadline) -> Iterator[None]:
        """Put system and feed before every error, and say it if the deadline was the cause."""
        try:
            yield
        except ConfigError as error:
            # One system without its password or driver must not stop the others.
            raise SourceRefusedError(f"{feed}: {error}", system=self._system) from None
        except SourceError as error:
            told = error
            if deadline.has_passed:
                limit = render_duration(self._options.deadline)
                told = SourceUnavailableError(f"the query took longer than deadline: {limit}")
            raise type(told)(f"{feed}: {told}", system=self._system) from None
