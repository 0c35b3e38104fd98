"""Docent's custom actions, run inside `docent up`, and by `rasa run actions` for `rasa run`."""
