"""The gate before a database: one statement that reads, known parameters, nothing else."""

import re

import pytest

from inventory_pipeline.connectors.sql_query import check_query, find_parameters


@pytest.mark.parametrize(
    ("database", "query"),
    [
        ("postgresql", "select a::text, b->>'c' from t where at >= :hour_start"),
        ("postgresql", "with x as (select 1 as a) select a from x union all select 2;"),
        ("postgresql", "select 1 -- ; drop table t"),
        ("postgresql", "select 'x; delete from t' as a"),
        ("sqlite", "select `a`, datetime(:hour_at) from t limit 5"),
        ("mysql", "select `a` from t where at < :hour_end"),
        ("mssql", "select top 5 [a] from t"),
        ("some_other", "select a from t"),
    ],
)
def test_a_select_is_taken_in_the_databases_own_words(database, query):
    check_query(query, database)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "0 statements"),
        ("select 1; drop table t", "2 statements"),
        ("select 1; select 2", "2 statements"),
        ("insert into t values (1)", "INSERT"),
        ("update t set a = 1", "UPDATE"),
        ("delete from t", "DELETE"),
        ("merge into t using s on t.a = s.a when matched then delete", "MERGE"),
        ("create table t as select 1", "CREATE"),
        ("drop table t", "DROP"),
        ("truncate t", "TRUNCATE"),
        ("copy t to program 'sh'", "COPY"),
        ("call f()", "wanted a select"),
        ("do $$ begin end $$", "wanted a select"),
        ("set role admin", "wanted a select"),
        ("with x as (delete from t returning a) select a from x", "DELETE in it"),
        ("select a into b from t", "INTO in it"),
        ("select a from t for update", "LOCK in it"),
        ("select 1 /*! into outfile '/tmp/x' */", "comment /*!"),
        ("select a from t where at > :hour", "parameter :hour, known are :hour_start"),
        ("select ' :off' as a", r"write \:off"),
        ("selec a from t", "line 1, column"),
        ("select 'a", "cannot be read as SQL"),
    ],
)
def test_anything_else_is_refused(query, said):
    with pytest.raises(ValueError, match=re.escape(said)) as caught:
        check_query(query, "postgresql")
    assert str(caught.value).isprintable()


def test_casts_and_times_of_day_are_no_parameters():
    assert find_parameters("select a::int, '10:00' from t where b = :hour_at") == ("hour_at",)
