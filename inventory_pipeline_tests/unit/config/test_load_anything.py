"""Whatever stands in the file, loading it gives settings or one ConfigError, nothing else."""

import string

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.errors import ConfigError
from inventory_pipeline_tests.support.settings_text import WHOLE

LOOSE = settings(
    max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
MORE = """
severity: {minor_up_to: 2}
handoffs: [{path: p, source: shelf, target: erp, carries: [shipment]}]
mail: {to: [a@b.net], at: "07:00", grace: 60m, smtp: {password: {env: WORD}}}
costs: {minutes_per_drifting_sku: [30, 60]}
"""
PIECES = st.sampled_from(
    ["", "\n", " ", "  ", "\t", "{", "}", "[", "]", ":", ": ", "-", "- ", "#", "'", '"', "&a ",
     "*a", "!!int ", "~", "null", "true", "0", "-1", "1e999", "09", "é", "\u202e", "=cmd()",
     "<script>", "?", "|", ">", "%", "@", "owner", "systems:", "depends", "99999999999999999999"]
)  # fmt: skip


def load(folder, text):
    path = folder / "inventory.yaml"
    path.write_text(text, encoding="utf-8", errors="surrogatepass", newline="")
    return read(path)


def read(path):
    said = ""
    try:
        return load_settings(path)
    except ConfigError as error:
        said = str(error)
    assert said.startswith(str(path))
    return None


@LOOSE
@given(edits=st.lists(st.tuples(st.integers(0, 1200), st.integers(0, 12), PIECES), max_size=3))
def test_a_file_cut_and_mended_at_random_never_breaks_the_loader(tmp_path, edits):
    text = WHOLE + MORE
    for place, length, piece in edits:
        text = text[:place] + piece + text[place + length :]
    load(tmp_path, text)


@LOOSE
@given(text=st.text(st.characters(codec="utf-8") | st.sampled_from(string.punctuation)))
def test_any_text_is_settings_or_one_error(tmp_path, text):
    load(tmp_path, text)


@LOOSE
@given(content=st.binary(max_size=200))
def test_any_bytes_are_settings_or_one_error(tmp_path, content):
    path = tmp_path / "inventory.yaml"
    path.write_bytes(content)
    read(path)


def test_the_untouched_text_of_these_tests_is_whole(tmp_path):
    assert load(tmp_path, WHOLE + MORE).settings.handoffs[0].path == "p"
