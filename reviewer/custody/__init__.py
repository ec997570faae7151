"""Custody of the panel's key: a ceremony makes it and splits it, share files hold the parts, a quorum opens it."""
