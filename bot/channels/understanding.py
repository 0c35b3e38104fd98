"""What the loaded model makes of a text outside a conversation, for staff; nothing is answered."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from bot.config import ROOT
from bot.content.answers import Responses, written_responses
from bot.desk.suggestions import Ranking
from bot.dialogue import plain
from bot.parse import understood
from bot.thinking import thinking

logger = logging.getLogger(__name__)

# A healthy reading takes some 50 ms; staff wait for it.
SECONDS = 3.0
FAQ = ROOT / "data" / "nlu" / "faq"


class Understanding:
    """Reads texts and knows the answers.

    Args:
        agent: Gives the agent of the moment, None while no model is loaded.
    """

    def __init__(self, agent: Callable[[], Any]) -> None:
        self._agent = agent

    def responses(self) -> Responses:
        """Returns the answers of the loaded model, else those of the files."""
        agent = self._agent()
        found: Responses = {} if agent is None else agent.domain.responses
        return found or written_responses(FAQ)

    async def rank(self, text: str) -> Ranking | None:
        """Returns the topics for a text, best first; None where no model reads it in time."""
        agent = self._agent()
        if agent is None:
            return None
        try:
            parsed = await thinking().run(lambda: agent.parse_message(plain(text)), SECONDS)
            ranking: Ranking = understood(text, parsed)["ranking"]
        except Exception as error:
            # Its words may hold the visitor's.
            logger.warning("a text was not ranked", extra={"error": type(error).__name__})
            return None
        return ranking
