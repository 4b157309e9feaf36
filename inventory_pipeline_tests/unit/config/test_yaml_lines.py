import pytest

from inventory_pipeline.config.yaml_lines import load_document
from inventory_pipeline.errors import ConfigError


def read(folder, content):
    path = folder / "a.yaml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return load_document(path)


def refuse(folder, content):
    with pytest.raises(ConfigError) as caught:
        read(folder, content)
    return str(caught.value)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("22:00", "22:00"),
        ("07:00", "07:00"),
        ("on", "on"),
        ("no", "no"),
        ("2026-10-01", "2026-10-01"),
        ("010", 10),
        ("08", 8),
        ("1_000", "1_000"),
        ("0x1F", "0x1F"),
        ("true", True),
        ("~", None),
        ("", None),
        ("0.5", 0.5),
        ("5.", 5.0),
        (".inf", ".inf"),
        (".nan", ".nan"),
        ("'5'", "5"),
    ],
)
def test_plain_words_are_read_as_people_mean_them(tmp_path, text, value):
    seen = read(tmp_path, f"key: {text}\n").data["key"]
    assert seen == value
    assert type(seen) is type(value)


def test_every_place_has_its_line(tmp_path):
    document = read(tmp_path, "# note\na:\n  b: 1\n  c:\n    - x\n    - y: 2\n")
    assert document.find_line(("a", "b")) == 3
    assert document.find_line(("a", "c", 1, "y")) == 6
    assert document.find_line(("a", "nothing", "here")) == 2


def test_a_key_that_stands_twice_is_refused_with_both_lines(tmp_path):
    text = refuse(tmp_path, "a: 1\nb:\n  c: 1\n  d: 2\n  c: 3\n")
    assert text.endswith("a.yaml:5: b.c: the key stands twice (first on line 3); keep one")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "seen"),
    [
        ("a: [1, 2\n", "not valid YAML"),
        ("a:\n\tb: 1\n", "a.yaml:2: column 1: not valid YAML"),
        ("a: *nobody\n", "'*' starts an alias"),
        ("a: 1\n---\nb: 2\n", "not valid YAML"),
        ("? [a]\n: 1\n", "a key is a list"),
        (b"a: caf\xe9\n", "a.yaml:1: is no UTF-8 text"),
        (b"a: \x00\n", "not valid YAML"),
        ("[" * 5000, "nested too deeply"),
        ("a: &x [*x]\n", "nested too deeply"),
        ("a: " + "9" * 5000, "the number is too long"),
        ("x" * (5 * 1024 * 1024), "larger than 4 MiB"),
    ],
)
def test_what_is_no_configuration_is_refused_in_one_message(tmp_path, content, seen):
    assert seen in refuse(tmp_path, content)


def test_a_tag_never_builds_an_object(tmp_path):
    assert read(tmp_path, "a: !!python/object/apply:os.system [id]\n").data == {"a": ["id"]}
    assert "not valid YAML" in refuse(tmp_path, "a: !!python/name:os.system\n")


@pytest.mark.slow
def test_a_bomb_of_aliases_is_refused_in_time(tmp_path):
    text = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
    for n in range(1, 9):
        text += f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]\n"
    assert "too long to be a configuration" in refuse(tmp_path, text)


def test_an_empty_file_is_an_empty_mapping(tmp_path):
    assert read(tmp_path, "").data == {}
    assert read(tmp_path, "# only a note\n").data == {}


def test_a_byte_order_mark_is_no_key(tmp_path):
    assert read(tmp_path, b"\xef\xbb\xbfa: 1\n").data == {"a": 1}


def test_a_missing_file_names_the_cure(tmp_path):
    with pytest.raises(ConfigError, match="inventory-pipeline init DIR"):
        load_document(tmp_path / "none.yaml")
    with pytest.raises(ConfigError, match="is a folder"):
        load_document(tmp_path)
