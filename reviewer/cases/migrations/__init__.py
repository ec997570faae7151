"""Revisions of the case store's tables."""
