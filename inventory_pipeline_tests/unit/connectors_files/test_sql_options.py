"""Options of ``sql``: an address without a secret, queries that only read."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.sql import SqlConnector, SqlOptions

FEEDS = {"counts": {"query": "select 1 as a"}}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"feeds": FEEDS}, "write url, or drivername"),
        ({"url": "sqlite:///a.db", "drivername": "sqlite", "feeds": FEEDS}, "not both"),
        ({"url": "sqlite:///a.db"}, "feeds"),
        ({"url": "sqlite:///a.db", "feeds": {}}, "feeds"),
        (
            {"url": "sqlite:///a.db", "feeds": {"conts": FEEDS["counts"]}},
            "'conts' is none of counts",
        ),
        ({"url": "no address", "feeds": FEEDS}, "no database URL"),
        (
            {"url": "sqlite:///a.db", "feeds": {"counts": {"query": "drop table t"}}},
            "feeds.counts.query: it is DROP, wanted a select",
        ),
        (
            {"url": "sqlite:///a.db", "feeds": FEEDS, "reads_past": True},
            "the query of counts uses neither :hour_start nor :hour_end",
        ),
        (
            {
                "url": "sqlite:///a.db",
                "feeds": {"counts": {"query": "select 1", "columns": {"quantiy": "q"}}},
            },
            "nearest is 'quantity'",
        ),
    ],
)
def test_a_mistake_is_refused_with_its_cure(options, said):
    with pytest.raises(ValidationError) as caught:
        SqlOptions.model_validate(options)
    assert said in str(caught.value)


def test_a_password_in_the_url_is_refused_and_not_repeated():
    with pytest.raises(ValidationError) as caught:
        SqlOptions.model_validate({"url": "postgresql://u:hunter2@h/b", "feeds": FEEDS})
    assert "write password: {env: NAME}" in str(caught.value)
    assert "hunter2" not in str(caught.value)


def test_parts_and_arguments_become_one_address():
    options = SqlOptions.model_validate(
        {
            "drivername": "postgresql",
            "host": "db.example.com",
            "database": "erp",
            "username": "reader",
            "arguments": {"sslmode": "verify-full"},
            "feeds": FEEDS,
        }
    )
    address = options.build_url("p@ss").render_as_string(hide_password=False)
    assert address == "postgresql://reader:p%40ss@db.example.com/erp?sslmode=verify-full"


def test_feeds_come_in_the_order_of_the_contract():
    feeds = {"movements": FEEDS["counts"], "counts": FEEDS["counts"]}
    options = SqlOptions(url="sqlite:///a.db", feeds=feeds)
    assert SqlConnector(system="s", options=options, root=".").find_feeds() == [
        "counts",
        "movements",
    ]
