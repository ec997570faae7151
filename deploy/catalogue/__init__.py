"""The catalogues: what the pages say (intake/locale) and what the shipped inquiry's files say (intake/content/locale)."""
