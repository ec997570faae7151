"""Sealing for people whose browser runs no scripts: their text is in this process's memory for one request.

This is the only package that ever holds what somebody typed. It writes nothing, and one setting switches it off.
"""
