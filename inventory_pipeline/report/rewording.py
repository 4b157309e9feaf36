"""Sentences of a mail in easier words: only of the findings it lists, in one question."""

from collections.abc import Callable, Sequence
from dataclasses import replace

import polars as pl

from inventory_pipeline.report.daily import Records, find_last_cycle
from inventory_pipeline.report.findings import LISTED, needs_judgement, sort_worst_first
from inventory_pipeline.report.records import House
from inventory_pipeline.store.queries import load_query

# (sentence, its evidence as JSON) → what people read, in the same order
Reword = Callable[[Sequence[tuple[str, str]]], list[str]]


def reword_problems(house: House, records: Records, reword: Reword | None) -> Records:
    """Return the records with the listed findings' sentences reworded, where somebody does so."""
    cycle = find_last_cycle(records)
    if reword is None or cycle is None:
        return records
    listed = sort_worst_first(
        records.problems.filter(
            (pl.col("state") == "open") & needs_judgement() & (pl.col("sentence") != "")
        )
    ).head(LISTED)
    with house.warehouse() as warehouse:
        evidence = dict(
            warehouse.query_with(
                listed.select("finding_id"),
                load_query("report", "find_evidence"),
                hour_at=cycle["hour_at"],
            ).iter_rows()
        )
    known = listed.filter(pl.col("finding_id").is_in(list(evidence)))
    told = [(row["sentence"], evidence[row["finding_id"]]) for row in known.iter_rows(named=True)]
    words = dict(zip(known["finding_id"].to_list(), reword(told), strict=True))
    return replace(records, problems=_put(records.problems, words))


def _put(problems: pl.DataFrame, words: dict[str, str]) -> pl.DataFrame:
    if not words:
        return problems
    named = pl.DataFrame(
        {"finding_id": list(words), "reworded": list(words.values())},
        schema={"finding_id": pl.String, "reworded": pl.String},
    )
    joined = problems.join(
        named, on="finding_id", how="left", validate="m:1", maintain_order="left"
    )
    return joined.with_columns(sentence=pl.coalesce("reworded", "sentence")).drop("reworded")
