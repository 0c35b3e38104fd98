"""Ends a turn that Rasa answered by itself."""

from __future__ import annotations

from rasa_sdk.executor import CollectingDispatcher

from actions.base import Asked, MuseumAction


class LogTurn(MuseumAction):
    """The last step of the rules that answer from a file; what was understood, the turn keeps."""

    action = "action_log_turn"
    # The visitor has the answer already: there is nothing to be sorry for.
    apologises = False

    async def act(self, asked: Asked, dispatcher: CollectingDispatcher) -> None:
        """Has nothing to say."""
