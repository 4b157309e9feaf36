"""F-36 and F-45 at the door: JSON that means two things is refused, whole numbers stay text."""

from dataclasses import replace

import pytest

from inventory_pipeline.errors import SourceContractError
from inventory_pipeline_tests.support.file_sources import land
from inventory_pipeline_tests.support.http_sources import build_counts, serving
from inventory_pipeline_tests.support.stand_in import Asked, Reply

ROWS = build_counts(40)
KINDS = pytest.mark.parametrize("kind", ["rest", "graphql"])


def put(text: str, key: str = '"x_quantity"'):
    """Return a spoil that writes another value for the quantity of row 20."""

    def spoil(_: Asked, reply: Reply) -> Reply:
        body = reply.body.decode().replace(f"{key}: 20,", f"{text},")
        assert body != reply.body.decode()
        return replace(reply, body=body.encode())

    return spoil


@KINDS
@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e400", "-1e999", "nan"])
def test_F_36_a_number_that_is_none_refuses_the_whole_answer(tmp_path, kind, number) -> None:
    with (
        serving(kind, ROWS, spoil=put(f'"x_quantity": {number}')) as it,
        pytest.raises(SourceContractError, match=r"NaN|Infinity|too large|whole JSON"),
    ):
        land(it.connector, "counts", tmp_path)


@KINDS
@pytest.mark.parametrize("number", ["-0", "1e3", "1.5", "93.0", "1E-2", "10000000000000000000"])
def test_F_36_any_other_number_is_handed_on_as_it_was_written(tmp_path, kind, number) -> None:
    with serving(kind, ROWS, spoil=put(f'"x_quantity": {number}')) as it:
        _, pages = land(it.connector, "counts", tmp_path)
        rows = it.connector.parse("counts", pages).rows
    assert rows["quantity"].to_list() == [str(n) if n != 20 else number for n in range(40)]


@KINDS
def test_F_36_null_is_no_zero(tmp_path, kind) -> None:
    with serving(kind, ROWS, spoil=put('"x_quantity": null')) as it:
        _, pages = land(it.connector, "counts", tmp_path)
        assert it.connector.parse("counts", pages).rows["quantity"][20] is None


@KINDS
def test_F_45_a_key_twice_refuses_the_whole_answer(tmp_path, kind) -> None:
    with (
        serving(kind, ROWS, spoil=put('"x_quantity": 20, "x_quantity": 21')) as it,
        pytest.raises(SourceContractError, match="'x_quantity' twice"),
    ):
        land(it.connector, "counts", tmp_path)


def test_F_45_a_key_twice_beside_the_rows_counts_too(tmp_path) -> None:
    def twice(_: Asked, reply: Reply) -> Reply:
        return replace(reply, body=b'{"count": 1, ' + reply.body[1:])

    with (
        serving("rest", ROWS, spoil=twice) as it,
        pytest.raises(SourceContractError, match="'count' twice"),
    ):
        land(it.connector, "counts", tmp_path)
