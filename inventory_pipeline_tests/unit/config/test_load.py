import os
from datetime import time, timedelta
from pathlib import Path

import pytest

from inventory_pipeline.config.load import config_error_at, load_settings, options_error_at
from inventory_pipeline.config.outline import find_config_path, load_outline
from inventory_pipeline.config.strict import Model
from inventory_pipeline.config.values import Secret
from inventory_pipeline.errors import ConfigError
from inventory_pipeline_tests.support.settings_text import WHOLE, change


def load(folder, text):
    path = folder / "inventory.yaml"
    path.write_text(text, encoding="utf-8")
    return load_settings(path)


def refuse(folder, text):
    with pytest.raises(ConfigError) as caught:
        load(folder, text)
    return str(caught.value).replace(f"{folder}{os.sep}", "")


def test_a_whole_file_loads_with_its_defaults(tmp_path):
    loaded = load(tmp_path, WHOLE)
    settings = loaded.settings
    assert settings.systems["erp"].max_age == timedelta(minutes=90)
    assert settings.assistant.mode == "shadow"
    assert settings.assistant.max_units == 5
    assert settings.mail.at == time(7)
    assert settings.facts["on_hand"].owners == ["shelf"]
    assert loaded.root == tmp_path


def test_paths_start_at_the_folder_of_the_file_wherever_we_stand(tmp_path, monkeypatch):
    (tmp_path / "inventory.yaml").write_text(WHOLE, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    assert load_settings(Path("inventory.yaml")).root == tmp_path


@pytest.mark.parametrize(
    ("old", "new", "line"),
    [
        (
            "role: wms",
            "rol: wms",
            "inventory.yaml:4: systems.shelf.rol: unknown key; did you mean 'role'?",
        ),
        (
            "role: erp",
            "role: epr",
            "inventory.yaml:7: systems.erp.role: is 'epr', wanted one of wms, erp, storefront",
        ),
        ("role: erp, ", "", "inventory.yaml:7: systems.erp.role: is missing"),
        (
            "America/Los_Angeles",
            "America/Los_Angles",
            "inventory.yaml:1: business.time_zone: 'America/Los_Angles' is no IANA time zone",
        ),
        (
            "currency: USD",
            "currency: dollars",
            "inventory.yaml:1: business.currency: is 'dollars', wanted three capital letters",
        ),
        (
            "  erp: {",
            "  Erp: {",
            "inventory.yaml:7: systems.Erp: is 'Erp', wanted a name of small letters",
        ),
        (
            "owner: shelf",
            "owner: shlef",
            "facts.on_hand.owner: no system is named 'shlef'; did you mean 'shelf'? (known: shelf,",
        ),
        (
            "system: storefront, fact",
            "system: store, fact",
            "13: mirrors[1].system: no system is named 'store'; did you mean 'storefront'?",
        ),
        (
            "owner: shelf",
            "owner: 7",
            "inventory.yaml:10: facts.on_hand.owner: is 7, wanted the name of one system",
        ),
        (
            "2027-01-01",
            "2027-13-01",
            "inventory.yaml:10: facts.on_hand.review_on: '2027-13-01' is no day",
        ),
        (
            "2027-01-01",
            "20270101",
            "inventory.yaml:10: facts.on_hand.review_on: 20270101 is no day; write it as 2026",
        ),
        (
            "on_hand - committed",
            "on_hand - ship.committed",
            "'greatest(0, on_hand - ship.committed)' has the name 'ship.committed'",
        ),
        (
            "name: Harbor & Pine",
            "name: 77",
            "business.name: is 77, wanted text; write it in quotes",
        ),
        ("business: {", "busines: {", "busines: unknown key; did you mean 'business'?"),
    ],
)
def test_a_mistake_is_said_with_line_key_seen_and_wanted(tmp_path, old, new, line):
    assert line in refuse(tmp_path, change(old, new))


@pytest.mark.parametrize(
    ("added", "line"),
    [
        ("storage: {lock_wait: 90}", "storage.lock_wait: 90 is no duration; write 30s, 90m"),
        ("storage: {lock_wait: 99999d}", "is longer than 3660d"),
        ("mail: {at: 25:00}", "mail.at: '25:00' is no time of day"),
        ("mail: {at: 7am}", "mail.at: '7am' is no time of day"),
        ("severity: {minor_up_to: 2.5}", "severity.minor_up_to: is 2.5, wanted a whole number"),
        ("severity: {minor_up_to: true}", "severity.minor_up_to: is True, wanted a whole number"),
        ("severity: {minor_up_to: '2'}", "severity.minor_up_to: is '2', wanted a whole number"),
        ("severity: {minor_up_to: 9}", "severity: notable_up_to is below minor_up_to"),
        ("severity: 5", "severity: is 5, wanted keys below it"),
        ("structural: {drift_rate: 1e999}", "structural.drift_rate: is inf"),
        ("structural: {drift_rate: 2}", "structural.drift_rate: is 2, wanted less than 1"),
        ("handoffs: {path: x}", "handoffs: is a mapping of keys, wanted a list"),
        ("mail: {to: ops@example.com}", "mail.to: is 'ops@example.com', wanted a list"),
        ("profile: bin_of_record", "profile: is 'bin_of_record', wanted one of shelf_of_record"),
        ("registry: {review_days: 0}", "registry.review_days: is 0, wanted at least 1"),
    ],
)
def test_values_are_taken_as_written_and_never_guessed(tmp_path, added, line):
    assert line in refuse(tmp_path, WHOLE + added + "\n")


def test_every_mistake_has_its_line_in_the_order_of_the_file(tmp_path):
    text = change("role: wms", "rol: wms", change("role: erp", "role: epr"))
    lines = refuse(tmp_path, text + "severity: {minor: 3}\n").splitlines()
    assert [line.split(":")[1] for line in lines] == ["3", "4", "7", "14"]


def test_a_system_needs_a_name_and_a_fact_too(tmp_path):
    text = "business: {name: x}\nsystems: {}\n"
    assert "systems" in refuse(tmp_path, text)
    text = "business: {name: x}\nsystems: {a: {role: erp, connector: files}}\n"
    assert "facts: no fact is named" in refuse(tmp_path, text)


def test_a_list_of_owners_is_read_whole(tmp_path):
    facts = load(tmp_path, change("owner: shelf", "owner: [shelf, erp]")).settings.facts
    assert facts["on_hand"].owners == ["shelf", "erp"]
    facts = load(tmp_path, change("owner: shelf", "owner: [shelf, shelf]")).settings.facts
    assert facts["on_hand"].owners == ["shelf"]


@pytest.mark.parametrize(
    ("scopes", "is_refused"),
    [
        ("[{location: A, owner: erp}, {location: B, owner: storefront}]", 0),
        ("[{location: A, owner: erp}, {location: A, owner: storefront}]", 1),
        ("[{location: A, owner: erp}, {abc_class: C, owner: storefront}]", 1),
        (
            "[{location: A, abc_class: A, owner: erp}, {location: A, abc_class: B, owner: erp}]",
            False,
        ),
        ("[{location: A, abc_class: A, owner: erp}, {location: A, owner: erp}]", 1),
    ],
)
def test_scopes_that_can_match_one_row_are_refused(tmp_path, scopes, is_refused):
    text = change("owner: shelf,", f"owner: shelf, scopes: {scopes},")
    if is_refused:
        assert "can match the same row" in refuse(tmp_path, text)
    else:
        assert load(tmp_path, text)


def test_a_scope_names_a_place_and_one_known_owner(tmp_path):
    empty = change("owner: shelf,", "owner: shelf, scopes: [{owner: erp}],")
    assert "a scope names a location or an abc_class" in refuse(tmp_path, empty)
    vague = change("owner: shelf,", "owner: shelf, scopes: [{location: A, owner: depends}],")
    assert "'depends' names no system" in refuse(tmp_path, vague)


def test_a_mirror_or_a_path_stands_once(tmp_path):
    twice = WHOLE + "  - {system: erp, fact: on_hand, expects: on_hand}\n"
    assert "mirrors[2]: erp on_hand stands twice (first as [0])" in refuse(tmp_path, twice)
    path = "{path: posting, source: shelf, target: erp}"
    text = WHOLE + f"handoffs: [{path}, {path}]\n"
    assert "posting shelf -> erp stands twice" in refuse(tmp_path, text)


def test_an_owner_may_be_listed_as_its_own_mirror_when_nothing_is_to_compare(tmp_path):
    assert load(tmp_path, WHOLE + "  - {system: shelf, fact: on_hand, expects: on_hand}\n")
    text = WHOLE + "  - {system: shelf, fact: on_hand, expects: on_hand - safety_stock}\n"
    assert "authority goes in a circle: on_hand (shelf) -> on_hand (shelf)" in refuse(
        tmp_path, text
    )


def test_corrections_may_set_only_facts_that_the_system_shows(tmp_path):
    text = change("decrements_at: order", "decrements_at: order, writes: [availabel]")
    assert "'availabel' is no fact of this system; did you mean 'available'?" in refuse(
        tmp_path, text
    )
    assert load(tmp_path, change("decrements_at: order", "writes: [available]"))


def test_safety_stock_is_the_catalogues_own_name(tmp_path):
    text = change("facts:\n", "facts:\n  safety_stock: {owner: erp}\n")
    assert "facts.safety_stock: is the catalogue's own column" in refuse(tmp_path, text)


@pytest.mark.parametrize(
    ("old", "new"), [("on_hand - committed", "on_hand -"), ("facts:\n", "fakts:\n")]
)
def test_the_outline_loads_although_another_part_is_broken(tmp_path, old, new):
    path = tmp_path / "inventory.yaml"
    path.write_text(change(old, new), encoding="utf-8")
    assert load_outline(path).settings.business.name == "Harbor & Pine"
    with pytest.raises(ConfigError):
        load_settings(path)


def test_a_mistake_in_the_outline_is_said_with_its_line(tmp_path):
    path = tmp_path / "inventory.yaml"
    path.write_text(change("facts:\n", "mail: {graze: 2h}\nfacts:\n"), encoding="utf-8")
    with pytest.raises(ConfigError, match=r"inventory.yaml:\d+: mail.graze: .*'grace'"):
        load_outline(path)


def test_the_file_is_the_one_given_else_the_environments_else_the_folders(monkeypatch):
    monkeypatch.delenv("INVENTORY_CONFIG", raising=False)
    assert find_config_path(None) == Path("inventory.yaml")
    monkeypatch.setenv("INVENTORY_CONFIG", "/srv/shop.yaml")
    assert find_config_path(None) == Path("/srv/shop.yaml")
    assert find_config_path("other.yaml") == Path("other.yaml")


def test_other_rooms_say_their_mistakes_with_the_line_too(tmp_path):
    loaded = load(tmp_path, WHOLE)
    error = config_error_at(loaded, ("systems", "erp", "connector"), "no such connector")
    assert str(error).endswith("inventory.yaml:7: systems.erp.connector: no such connector")


class Options(Model):
    shop: str
    token: Secret


def test_connector_options_are_refused_with_line_and_nearest_key(tmp_path):
    loaded = load(tmp_path, change('counts: "erp-{hour}.csv"', "shpo: a, token: t0p-s3cret"))
    place = ("systems", "erp", "options")
    with pytest.raises(ValueError, match="validation error") as caught:
        Options.model_validate(loaded.settings.systems["erp"].options)
    text = str(options_error_at(loaded, place, caught.value, Options))
    assert "inventory.yaml:7: systems.erp.options.shpo: unknown key; did you mean 'shop'?" in text
    assert "systems.erp.options.token: wanted {env: NAME} or {file: PATH}" in text
    assert "t0p-s3cret" not in text
    assert "t0p-s3cret" not in str(caught.value)
