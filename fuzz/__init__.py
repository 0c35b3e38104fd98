"""Throws signed and broken requests at every parser, for a bounded time: `make fuzz`."""
