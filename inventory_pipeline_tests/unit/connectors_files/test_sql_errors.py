"""What a driver says becomes one of our errors, without a secret in it."""

import pytest
from sqlalchemy import exc

from inventory_pipeline.connectors.sql_errors import clean, translate
from inventory_pipeline.errors import (
    SourceContractError,
    SourceRefusedError,
    SourceUnavailableError,
)


class SaidError(Exception):
    def __init__(self, text, sqlstate=None):
        super().__init__(text)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("kind", "said", "expected"),
    [
        (exc.OperationalError, SaidError("connection refused"), SourceUnavailableError),
        (exc.OperationalError, SaidError("server closed", "57P01"), SourceUnavailableError),
        (exc.OperationalError, SaidError("canceled", "57014"), SourceUnavailableError),
        (exc.InterfaceError, SaidError("gone"), SourceUnavailableError),
        (exc.OperationalError, SaidError("no", "28P01"), SourceRefusedError),
        (exc.OperationalError, SaidError("Access denied for user"), SourceRefusedError),
        (exc.OperationalError, SaidError("certificate verify failed"), SourceRefusedError),
        (exc.ProgrammingError, SaidError("no", "42501"), SourceRefusedError),
        (exc.InternalError, SaidError("read only", "25006"), SourceRefusedError),
        (exc.ProgrammingError, SaidError("no table", "42P01"), SourceContractError),
        (exc.OperationalError, SaidError("no such table: stok"), SourceContractError),
        (exc.DataError, SaidError("out of range", "22003"), SourceContractError),
        (exc.ProgrammingError, SaidError("anything"), SourceContractError),
    ],
)
def test_an_error_says_what_to_do_next(kind, said, expected):
    assert type(translate(kind("select secret", {"p": 1}, said), [])) is expected


def test_no_secret_and_no_statement_stand_in_the_text():
    said = SaidError("login postgresql://u:p%2Fw@h/b failed for p/w\nDETAIL: row (p/w)")
    text = str(translate(exc.OperationalError("select 'x' from y", {"p": 1}, said), ["p/w"]))
    assert "p/w" not in text
    assert "p%2Fw" not in text
    assert "select" not in text
    assert "DETAIL" not in text


def test_a_long_text_is_cut_and_an_empty_one_is_said():
    assert len(clean("x" * 9999, [])) == 300
    assert clean("\n", []) == "nothing"
