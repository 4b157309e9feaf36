"""A canary in the environment and in a file: no byte of it leaves by any way."""

import json
import logging
import pickle

import pytest
from pydantic import ValidationError

from inventory_pipeline.config.load import load_settings
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.schema import build_schema
from inventory_pipeline.config.values import Secret
from inventory_pipeline.errors import ConfigError
from inventory_pipeline_tests.support.settings_text import WHOLE

CANARY = "canary-7f3e-s3cret"
MAIL = """
mail: {smtp: {host: mail.example.com, password: {env: SMTP_PASSWORD}}}
heartbeat: {url: {file: ping.txt}}
"""


@pytest.fixture
def settings(tmp_path, monkeypatch):
    monkeypatch.setenv("SMTP_PASSWORD", CANARY)
    (tmp_path / "ping.txt").write_text(f"{CANARY}\n", encoding="utf-8")
    path = tmp_path / "inventory.yaml"
    path.write_text(WHOLE + MAIL, encoding="utf-8")
    return load_settings(path).settings


def test_a_secret_is_read_when_it_is_asked_for(settings, tmp_path):
    assert settings.mail.smtp.password.reveal(str(tmp_path)) == CANARY
    assert settings.heartbeat.url.reveal(str(tmp_path)) == CANARY


def test_no_way_of_printing_the_settings_shows_a_secret(settings, caplog):
    with caplog.at_level(logging.DEBUG):
        logging.getLogger("test").warning("settings %s %r", settings, settings.mail.smtp.password)
    said = [
        repr(settings),
        str(settings),
        json.dumps(settings.model_dump(mode="json")),
        str(settings.model_dump()),
        settings.model_dump_json(),
        json.dumps(build_schema()),
        caplog.text,
        f"{settings.mail.smtp.password} {settings.heartbeat.url!r}",
    ]
    assert not [text for text in said if CANARY in text]
    assert "***" in said[0]


def test_a_secret_is_not_pickled(settings):
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps(settings)


@pytest.mark.parametrize(
    "written",
    [
        f"password: {CANARY}",
        f"password: {{value: {CANARY}}}",
        f"password: {{env: {CANARY}}}",
        f"password: {{env: {CANARY}, file: {CANARY}}}",
        f"password: [{CANARY}]",
        "password: {env: [" + CANARY + "]}",
        f"password: *{CANARY}",
    ],
)
def test_a_secret_written_in_the_file_is_refused_and_not_repeated(tmp_path, written):
    path = tmp_path / "inventory.yaml"
    path.write_text(f"{WHOLE}mail:\n  smtp:\n    {written}\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_settings(path)
    assert CANARY not in str(caught.value)
    assert ":16:" in str(caught.value)


def test_pydantics_own_words_do_not_repeat_what_was_written():
    with pytest.raises(ValidationError) as caught:
        Settings.model_validate({"mail": {"smtp": {"password": CANARY}}})
    assert CANARY not in str(caught.value)


def test_a_secret_that_is_not_there_names_its_place(tmp_path, monkeypatch):
    monkeypatch.delenv("ABSENT", raising=False)
    with pytest.raises(ConfigError, match="the environment variable ABSENT is not set"):
        Secret(env="ABSENT").reveal(str(tmp_path))
    with pytest.raises(ConfigError, match=r"none\.txt cannot be read: No such file"):
        Secret(file="none.txt").reveal(str(tmp_path))
    (tmp_path / "empty").write_text("\n", encoding="utf-8")
    with pytest.raises(ConfigError, match="is empty"):
        Secret(file="empty").reveal(str(tmp_path))
    (tmp_path / "binary").write_bytes(CANARY.encode() + b"\xff")
    with pytest.raises(ConfigError, match="no UTF-8 text") as caught:
        Secret(file="binary").reveal(str(tmp_path))
    assert CANARY not in str(caught.value)
    assert caught.value.__cause__ is None


def test_a_secret_names_one_place():
    for places in ({}, {"env": "A", "file": "b"}, {"env": "small_letters"}):
        with pytest.raises(ValidationError):
            Secret(**places)
