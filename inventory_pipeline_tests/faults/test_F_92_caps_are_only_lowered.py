"""F-92: the limits of the assistant are constants; the file may lower them, never raise them."""

import pytest

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.policy import MAX_AUTOMATIC_UNITS
from inventory_pipeline_tests.support.command import call, write_config

TEXT = """\
business: {name: x}
systems: {wms: {role: wms, connector: files, options: {counts: w.csv}}}
facts: {on_hand: {owner: wms}}
"""


def load(folder, assistant):
    return load_settings(write_config(folder, TEXT + assistant)).settings.assistant


@pytest.mark.parametrize(
    "assistant",
    [
        "max_units: 6",
        "max_units: 1000000000",
        "max_units: -1",
        "max_units: 5.5",
        "max_units: '6'",
        "max_units: null",
        "max_units: .inf",
        "max_units: true",
        "max_fixes_per_run: 26",
        "max_share_per_run: 0.02",
        "max_share_per_run: 1",
        "min_confidence: 0.5",
        "min_confidence: .nan",
        "mode: unlimited",
        "max_unit: 5",
    ],
)
def test_F_92_a_limit_that_is_raised_or_removed_does_not_load(tmp_path, assistant):
    config = write_config(tmp_path, TEXT + f"assistant: {{{assistant}}}\n")
    for command in (["check"], ["run", "--hour", "2026-04-06T10:00Z"], ["doctor"]):
        outcome = call("--config", config, *command)
        assert outcome.code == 2
        assert f"yaml:4: assistant.{assistant.split(':')[0]}:" in outcome.err


def test_F_92_six_is_refused_in_plain_words(tmp_path):
    config = write_config(tmp_path, TEXT + "assistant: {max_units: 6}\n")
    assert "is 6; the limit of 5 units may be lowered, never raised" in (
        call("--config", config, "check").err
    )


def test_F_92_without_the_key_the_limit_is_the_constant(tmp_path):
    assert MAX_AUTOMATIC_UNITS == 5
    assert load(tmp_path, "").max_units == 5
    assert load(tmp_path, "assistant: {}\n").max_units == 5


@pytest.mark.parametrize("units", [0, 3, 5])
def test_F_92_a_limit_may_be_lowered(tmp_path, units):
    assert load(tmp_path, f"assistant: {{max_units: {units}}}\n").max_units == units
