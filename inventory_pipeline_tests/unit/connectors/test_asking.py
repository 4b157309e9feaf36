"""What a token may do, against what it has to."""

import pytest

from inventory_pipeline.connectors.asking import Scopes
from inventory_pipeline.errors import SourceRefusedError

SCOPES = Scopes(needed=("read_stock",), spare="write_.*")


def test_exactly_enough_is_no_note():
    assert SCOPES.judge(["read_stock", "read_places"]) == []


def test_a_missing_scope_is_refused_by_its_name():
    with pytest.raises(SourceRefusedError, match="lacks the scope read_stock; it has none"):
        SCOPES.judge([])


def test_more_than_enough_is_noted_unless_it_is_used():
    granted = ["read_stock", "write_stock", "write_orders", "write_stock"]
    assert SCOPES.judge(granted) == [
        "the token may write_orders, write_stock; this system only reads: give it a smaller one"
    ]
    [note] = SCOPES.judge(granted, allowed=["write_stock"])
    assert note.startswith("the token may write_orders; this system needs only write_stock of")
