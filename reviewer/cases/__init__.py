"""The case store: what was opened, kept encrypted, with who may read what and what was done with it."""
