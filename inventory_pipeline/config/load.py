"""From the YAML file to validated settings; every mistake in one message, with its line."""

from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import BaseModel, ValidationError

from inventory_pipeline.config.checks import find_contradictions
from inventory_pipeline.config.mistakes import Mistake, find_mistakes, render_mistakes
from inventory_pipeline.config.models import Settings
from inventory_pipeline.config.profiles import fill_owners
from inventory_pipeline.config.yaml_lines import Document, Place, load_document
from inventory_pipeline.errors import ConfigError


@dataclass(frozen=True)
class Loaded:
    """Validated settings, beside the file they came from.

    Attributes:
        settings: what the file says, owners of the profile filled in.
        document: plain data and the line of every place, for later error messages.
        path: the file as the user named it.
        root: its folder, absolute: relative paths in the file start there.
    """

    settings: Settings
    document: Document
    path: Path
    root: Path


def load_settings(path: Path) -> Loaded:
    """Read and check the whole file.

    Raises:
        ConfigError: one line per mistake, in the order of the file.
    """
    loaded = _load(path)
    loaded = replace(loaded, settings=fill_owners(loaded.settings))
    mistakes = find_contradictions(loaded.settings)
    if mistakes:
        raise ConfigError(render_mistakes(loaded.document, mistakes))
    return loaded


def _load(path: Path) -> Loaded:
    """Read the file and check keys and values, not what they say of each other."""
    document = load_document(path)
    try:
        settings = Settings.model_validate(document.data)
    except ValidationError as error:
        raise ConfigError(render_mistakes(document, find_mistakes(error, Settings))) from None
    return Loaded(settings, document, path, path.absolute().parent)


def config_error_at(loaded: Loaded, place: Place, message: str) -> ConfigError:
    """Return the error that says ``message`` at the line of ``place``; the caller raises it."""
    return ConfigError(render_mistakes(loaded.document, [Mistake(place, message)]))


def options_error_at(
    loaded: Loaded, place: Place, error: ValidationError, model: type[BaseModel]
) -> ConfigError:
    """Return the error for options at ``place`` that ``model`` refused; the caller raises it."""
    return ConfigError(render_mistakes(loaded.document, find_mistakes(error, model, below=place)))
