"""Options: a configuration that would be unsafe or could not work is refused when it is read."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.config.mistakes import find_mistakes
from inventory_pipeline.connectors.graphql import GraphqlOptions
from inventory_pipeline.connectors.rest import RestOptions

COLUMNS = dict.fromkeys(("item_id", "location_id", "fact", "quantity", "as_of"), "x")
FEED = {"columns": COLUMNS}
BASE = {"base_url": "https://erp.example/api", "feeds": {"counts": FEED}}


def test_three_keys_are_enough():
    options = RestOptions.model_validate(BASE)
    assert options.timeouts.answer.total_seconds() == 120
    assert options.auth.kind == "none"


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000", "http://localhost/x", "http://[::1]:1/"])
def test_plain_http_to_this_machine_needs_no_word(url):
    assert RestOptions.model_validate({**BASE, "base_url": url})


@pytest.mark.parametrize("url", ["http://erp.example/api", "http://10.0.0.8/"])
def test_plain_http_elsewhere_is_named_in_the_configuration(url):
    with pytest.raises(ValidationError, match="not encrypted"):
        RestOptions.model_validate({**BASE, "base_url": url})
    assert RestOptions.model_validate({**BASE, "base_url": url, "allow_plain_http": True})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"base_url": "https://user:pw@erp.example/"}, "no user or password"),
        ({"base_url": "https://erp.example/?key=1"}, "no query"),
        ({"base_url": "file:///etc/passwd"}, "wanted a URL"),
        ({"verify": False}, "Extra inputs"),
        ({"feeds": {}}, "name at least one"),
        ({"feeds": {"conts": FEED}}, "nearest is 'counts'"),
        ({"feeds": {"counts": {"columns": {"item_id": "x"}}}}, "also needs"),
        ({"feeds": {"counts": {**FEED, "path": "{nope}"}}}, "no placeholder"),
        ({"feeds": {"counts": {**FEED, "body": {"a": 1}}}}, "method: POST"),
        ({"feeds": {"counts": {**FEED, "headers": {"Host": "evil"}}}}, "set by the connector"),
        ({"feeds": {"counts": {**FEED, "headers": {"A B": "x"}}}}, "no header name"),
        ({"feeds": {"counts": {**FEED, "fails_when": [{"path": "a..b"}]}}}, "no path"),
        ({"feeds": {"counts": {**FEED, "total": "a[]"}}}, "walks a list"),
        ({"auth": {"kind": "bearer", "token": "plain-text"}}, "Input should be a valid"),
        ({"auth": {"kind": "bearer", "token": {"env": "A", "file": "b"}}}, "exactly one"),
        ({"auth": {"kind": "login", "request": {}}}, "token_path or token_header"),
        ({"auth": {"kind": "oauth", "token_url": "http://a.example/t", "client_id": "i",
                   "client_secret": {"env": "S"}}}, "not encrypted"),
        ({"reads_past": True}, "names {hour_start}"),
        ({"timeouts": {"answer": "forever"}}, "no duration"),
        ({"retries": 1000}, "less than or equal"),
    ],
)  # fmt: skip
def test_what_is_unsafe_or_cannot_work_is_refused(change, said):
    with pytest.raises(ValidationError, match=said):
        RestOptions.model_validate({**BASE, **change})


def test_a_secret_written_into_the_file_is_not_repeated_in_the_refusal():
    with pytest.raises(ValidationError) as caught:
        RestOptions.model_validate({**BASE, "auth": {"kind": "bearer", "token": "c4n4ry"}})
    assert "c4n4ry" not in str(caught.value)


@pytest.mark.parametrize(
    "auth",
    [
        {"kind": "bearer", "token": "c4n4ry"},
        {"kind": "header", "name": "X", "value": "c4n4ry"},
        {"kind": "basic", "username": "u", "password": "c4n4ry"},
        {"kind": "oauth", "token_url": "https://a.example", "client_id": "u",
         "client_secret": "c4n4ry"},
    ],
)  # fmt: skip
def test_a_person_who_writes_a_secret_into_the_file_is_told_the_key_and_not_the_secret(auth):
    with pytest.raises(ValidationError) as caught:
        RestOptions.model_validate({**BASE, "auth": auth})
    (mistake,) = find_mistakes(caught.value, RestOptions, below=("systems", "erp", "options"))
    assert mistake.place[-1] in auth
    assert "{env: NAME}" in mistake.text
    assert "c4n4ry" not in repr(mistake)


def test_options_do_not_show_what_they_know_of_secrets():
    auth = {"kind": "bearer", "token": {"env": "ERP_TOKEN"}}
    assert "ERP_TOKEN" not in repr(RestOptions.model_validate({**BASE, "auth": auth}))


@pytest.mark.parametrize(
    "query",
    ["mutation { drop }", " # c\n mutation M($a: Int) { x }", "subscription { x }", ""],
)
def test_a_graphql_document_only_asks(query):
    feed = {"query": query, "columns": COLUMNS}
    with pytest.raises(ValidationError):
        GraphqlOptions.model_validate({**BASE, "feeds": {"counts": feed}})


@pytest.mark.parametrize("model", [RestOptions, GraphqlOptions])
def test_every_option_explains_itself(model):
    schema = model.model_json_schema()
    for name, part in {"": schema, **schema["$defs"]}.items():
        for key, field in part.get("properties", {}).items():
            assert key in ("kind", "env", "file") or "description" in field, f"{name}.{key}"
