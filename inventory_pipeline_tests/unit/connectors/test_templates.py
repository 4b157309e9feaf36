"""Templates: filled in exactly, or refused when the configuration is read."""

import base64
import json
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from inventory_pipeline.config.values import Secret
from inventory_pipeline.connectors.templates import (
    JsonText,
    check_template,
    fill,
    find_times,
    render_json,
    render_value,
)

HOUR_AT = datetime(2026, 4, 6, 10, tzinfo=UTC)
WORDS = {**find_times(HOUR_AT, None), "offset": 500, "limit": 100, "page": 6, "cursor": None}


def put(value):
    return fill(value, WORDS, lambda secret: f"<{secret.env}>")


@pytest.mark.parametrize(
    ("text", "filled"),
    [
        ("{hour}", "2026-04-06T10"),
        ("from {hour_start} to {hour_end}", "from 2026-04-06T10:00:00Z to 2026-04-06T11:00:00Z"),
        ("{since:%d.%m.%Y %H:%M}", "06.04.2026 10:00"),
        ("{hour_start.year}", 2026),
        ("{hour_end.epoch}", 1_775_473_200),
        ("{offset}", 500),
        ("{offset}-{limit}", "500-100"),
        ("{cursor}", None),
        ("after={cursor}", "after="),
        ("{{offset}}", "{offset}"),
        ("a } b { c", "a } b { c"),
    ],
)
def test_a_lone_placeholder_keeps_its_type_and_others_are_written_out(text, filled):
    check_template(text)
    assert put(text) == filled


def test_templates_are_filled_at_any_depth():
    body = {"query": {"range": ["{offset}", "{limit}"]}, "key": {"secret": {"env": "KEY"}}}
    check_template(body)
    assert put(body) == {"query": {"range": [500, 100]}, "key": "<KEY>"}
    assert json.loads(render_json(put({"at": "{hour_start}"}))) == {"at": "2026-04-06T10:00:00Z"}


def test_json_in_base64url_holds_numbers_where_numbers_are_meant():
    domain = [["write_date", ">", {"year": "{since.year}", "month": "{since.month}"}]]
    packed = put(JsonText(base64url_json=domain))
    assert packed.endswith("=") or len(packed) % 4 == 0
    assert json.loads(base64.urlsafe_b64decode(packed)) == [
        ["write_date", ">", {"year": 2026, "month": 4}]
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("{offest}", "nearest is {offset}"),
        ("{}", "no placeholder"),
        ("{offset.year}", "have parts"),
        ("{hour_start.years}", "has the parts"),
        ({"a": ["{nope}"]}, "no placeholder"),
        (JsonText(base64url_json={"a": "{nope}"}), "no placeholder"),
        ({"secret": {"env": "A", "file": "b"}}, "exactly one"),
    ],
)
def test_what_nobody_fills_is_refused_beforehand(value, said):
    with pytest.raises(ValueError, match=said):
        check_template(value)


def test_the_newest_time_seen_is_where_to_go_on():
    newest = datetime(2026, 4, 6, 9, 58, 7, tzinfo=UTC)
    assert find_times(HOUR_AT, newest)["since"] == newest
    assert find_times(HOUR_AT, None)["since"] == HOUR_AT


@given(text=st.text())
def test_a_text_without_placeholders_stays_as_it_is_once_escaped(text):
    escaped = text.replace("{", "{{").replace("}", "}}")
    check_template(escaped)
    assert put(escaped) == text


def test_yes_is_true_as_json_writes_it():
    assert (render_value(True), render_value(5)) == ("true", "5")


def test_a_secret_is_revealed_only_when_it_is_written():
    assert put(Secret(env="TOKEN")) == "<TOKEN>"


def test_the_window_reaches_back_as_far_as_it_overlaps():
    words = find_times(HOUR_AT, None, overlap=timedelta(hours=2))
    assert render_value(words["since"]) == "2026-04-06T08:00:00Z"
    assert render_value(words["hour_start"]) == "2026-04-06T10:00:00Z"
