"""One small ASGI class for each concern that every request shares."""
