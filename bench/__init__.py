"""Measurements of the running program beside Rasa's default bot; `make bench` prints a table."""
