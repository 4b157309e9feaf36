"""Options of ``files``: every mistake is said before the first hour, with its cure."""

import pytest
from pydantic import ValidationError

from inventory_pipeline.connectors.file_options import FilesOptions
from inventory_pipeline.connectors.files import FilesConnector
from inventory_pipeline.model.frames import RAW_FEEDS

COUNTS = "exports/shelf/counts-{hour}.csv"


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({}, "at least one feed: counts, movements"),
        ({"counts": "counts.xls"}, "ends in none of .csv .csv.gz .parquet .ndjson .jsonl .xlsx"),
        ({"counts": "../other/c-{hour}.csv"}, "leads out of the folder"),
        ({"counts": "a/../../c.csv"}, "leads out of the folder"),
        ({"counts": "c-{day}.csv"}, "a brace that is not {hour}"),
        ({"counts": "c-{hour.csv"}, "a brace that is not {hour}"),
        ({"counts": "c\0.csv"}, "control character"),
        ({"counts": "c\n.csv"}, "control character"),
        ({"counts": COUNTS, "count": COUNTS}, "Extra inputs"),
        ({"counts": COUNTS, "columns": {"movements": {}}}, "no path for movements"),
        ({"counts": COUNTS, "columns": {"counts": {"quantiy": "q"}}}, "nearest is 'quantity'"),
        ({"counts": COUNTS, "fixed": {"counts": {"facts": "on_hand"}}}, "nearest is 'fact'"),
        (
            {"counts": COUNTS, "fixed": {"counts": {"as_of": "{hour_begin}"}}},
            "{hour_begin} is none",
        ),
        (
            {
                "counts": COUNTS,
                "fixed": {"counts": {"unit": "EA"}},
                "columns": {"counts": {"unit": "u"}},
            },
            "in columns and in fixed",
        ),
        ({"counts": COUNTS, "encoding": "utf-9"}, "'utf-9' is no text encoding"),
        ({"counts": COUNTS, "encoding": "base64"}, "no text encoding"),
        ({"counts": COUNTS, "delimiter": ";;"}, "no delimiter"),
        ({"counts": COUNTS, "delimiter": '"'}, "no delimiter"),
        ({"counts": COUNTS, "settle": "soon"}, "no duration"),
    ],
)
def test_a_mistake_is_refused_with_its_cure(options, said):
    with pytest.raises(ValidationError) as caught:
        FilesOptions.model_validate(options)
    assert said in str(caught.value)


def test_every_feed_of_the_contract_can_be_configured():
    options = FilesOptions.model_validate({feed: f"{feed}-{{hour}}.parquet" for feed in RAW_FEEDS})
    assert list(options.patterns) == list(RAW_FEEDS)


def test_the_example_of_the_contract_is_taken_as_it_stands():
    options = {"counts": COUNTS, "movements": "exports/shelf/movements-{hour}.csv"}
    connector = FilesConnector(system="s", options=FilesOptions(**options), root=".")
    assert connector.find_feeds() == ["counts", "movements"]
    assert connector.reads_past


def test_a_path_that_does_not_name_its_hour_shows_only_the_present():
    options = FilesOptions(counts="counts.csv")
    assert not FilesConnector(system="s", options=options, root=".").reads_past
