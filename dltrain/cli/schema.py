"""`dltrain schema`."""


def schema() -> None:
    """Print the JSON Schema of the config, for editors.

    Example: dltrain schema > config.schema.json
    """
    from dltrain.cli.notes import print_json
    from dltrain.config.json_schema import config_schema

    print_json(config_schema())
