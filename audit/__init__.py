"""Asks the advisory service about every package of the lock: `make audit`."""
