"""Notes on each visitor message what Docent made of it."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction


class LogTurn(MuseumAction):
    """Closes a turn that Rasa answered by itself: the base writes the log after every action."""

    action = "action_log_turn"
    # The visitor has the answer already: a log that cannot be written is no reason for an apology.
    apologises = False

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Has nothing to say."""
