"""S12: a dropped file is a plain file below the configuration's folder, and nothing else."""

import os

import pytest

from inventory_pipeline.connectors.safe_open import opening_plain
from inventory_pipeline.errors import SourceError, SourceRefusedError, SourceUnavailableError
from inventory_pipeline_tests.support.file_sources import COLUMNS, build_files, land, write_csv


@pytest.fixture
def root(tmp_path):
    """A configuration's folder, with something worth stealing outside it."""
    root = tmp_path / "shop"
    (root / "exports").mkdir(parents=True)
    write_csv(tmp_path / "secret.csv", COLUMNS, [("SECRET", "L1", "on_hand", "1", "t")])
    write_csv(root / "exports" / "counts.csv", COLUMNS, [("A", "L1", "on_hand", "1", "t")])
    return root


def fetch(root, pattern):
    shelf = build_files(root, counts=pattern)
    _, pages = land(shelf, "counts", root.parent / "landing")
    return shelf.parse("counts", pages).rows["item_id"].to_list()


def test_a_link_in_place_of_the_file_is_refused(root):
    (root / "exports" / "counts.csv").unlink()
    (root / "exports" / "counts.csv").symlink_to(root.parent / "secret.csv")
    with pytest.raises(SourceRefusedError, match="is a link"):
        fetch(root, "exports/counts.csv")
    with pytest.raises(SourceRefusedError, match="is a link"):
        fetch(root, str(root / "exports" / "counts.csv"))


def test_a_link_in_place_of_a_folder_is_refused(root):
    (root / "drop").symlink_to(root.parent)
    with pytest.raises(SourceRefusedError, match="through a link"):
        fetch(root, "drop/secret.csv")


def test_a_link_to_nowhere_is_refused_not_missing(root):
    (root / "gone.csv").symlink_to(root / "nothing.csv")
    with pytest.raises(SourceRefusedError, match="is a link"):
        fetch(root, "gone.csv")


def test_a_link_as_done_marker_is_refused(root):
    (root / "exports" / "counts.csv.done").symlink_to(root.parent / "secret.csv")
    shelf = build_files(root, counts="exports/counts.csv", done=True)
    with pytest.raises(SourceRefusedError, match="is a link"):
        land(shelf, "counts", root.parent / "landing")


def test_a_pipe_is_refused_and_does_not_wait(root):
    os.mkfifo(root / "pipe.csv")
    with pytest.raises(SourceRefusedError, match="a pipe or a device"):
        fetch(root, "pipe.csv")


def test_a_device_is_refused(root):
    with (
        pytest.raises(SourceRefusedError, match="a pipe or a device"),
        opening_plain("/dev/zero", str(root)),
    ):
        pass


def test_no_path_leaves_the_folder_of_the_configuration(root):
    for name in ("../secret.csv", "exports/../../secret.csv", "exports/../../shop/../secret.csv"):
        with (
            pytest.raises(SourceRefusedError, match="leads out of"),
            opening_plain(name, str(root)),
        ):
            pass


def test_a_path_that_comes_back_into_the_folder_is_fine(root):
    assert fetch(root, "exports/../exports/./counts.csv") == ["A"]


def test_an_absolute_path_of_the_configuration_is_fine(root):
    assert fetch(root, str(root.parent / "secret.csv")) == ["SECRET"]


@pytest.mark.parametrize("name", ["x" * 300 + ".csv", "x/" * 2500 + "y.csv", "counts.csv/x.csv"])
def test_an_impossible_name_is_one_clear_error(root, name):
    with pytest.raises(SourceError) as caught:
        fetch(root, name)
    assert isinstance(caught.value, SourceRefusedError | SourceUnavailableError)


def test_a_hostile_name_is_only_a_name(root):
    name = "exports/=cmd() <script> $(id) %s [a-z]*.csv"
    write_csv(root / name, COLUMNS, [("A", "L1", "on_hand", "1", "t")])
    assert fetch(root, name) == ["A"]


@pytest.fixture
def nobody():
    """Root may read everything: be somebody else for a moment."""
    if os.geteuid() != 0:
        yield
        return
    os.setegid(65534)
    os.seteuid(65534)
    yield
    os.seteuid(0)
    os.setegid(0)


def test_a_file_this_user_may_not_read_says_so(root, nobody):
    with (
        pytest.raises(SourceRefusedError, match="grant it the right to read"),
        opening_plain("/etc/shadow", str(root)),
    ):
        pass
