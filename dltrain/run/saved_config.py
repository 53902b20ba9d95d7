"""The resolved config that a run keeps, which may come from a stranger."""

from pathlib import Path

from dltrain.config import Config, LoadedConfig, config_from_dict
from dltrain.config.yaml.document import Document, shown_text
from dltrain.errors import ConfigError, RunError


def read_saved_config(document: Document) -> LoadedConfig:
    """The config that a document holds, as a fit takes it.

    Raises:
        RunError: It is none, or names a table by a path that depends on the working directory.
    """
    return LoadedConfig(_config(document), document.source, "config", document)


def _config(document: Document) -> Config:
    data = document.data
    try:
        if not isinstance(data, dict):
            raise ConfigError("expected keys such as 'data:' and 'model:' at the top level")
        config = config_from_dict(data).config
        split = data.get("split", {})
        for named in (data["data"]["path"], split.get("test"), split.get("validation")):
            if isinstance(named, str) and not Path(named).is_absolute():
                raise ConfigError(f"expected an absolute path, got '{shown_text(named)}'")
    except ConfigError as error:
        raise RunError(f"{document.source}: damaged run: {error.message}") from error
    return config
