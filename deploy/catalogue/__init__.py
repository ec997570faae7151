"""The catalogue of every visible string: `python -m deploy.catalogue` writes intake/locale/heard.pot, `--check` compares."""
