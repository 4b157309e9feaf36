"""THE SETTINGS: one YAML file → validated models. The only reader of the environment."""
