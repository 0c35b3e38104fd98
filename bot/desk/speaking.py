"""What staff write, as the visitor will read it: worded before anything is decided or kept."""

from __future__ import annotations

from bot.desk import replies
from bot.store import Connection, cases, log
from bot.store.database import Database
from bot.translate import Translator
from bot.translate.interpreter import Interpreter
from bot.translate.said import Spoken


class Speaking:
    """Words replies in the visitor's language.

    Args:
        database: Where the conversations lie.
        translator: Translates; an interpreter keeps names, times and prices as they are.
    """

    def __init__(self, database: Database, translator: Translator) -> None:
        self._database = database
        self._interpreter = Interpreter.around(translator)

    async def words(self, case_id: int, text: str, *, from_slack: bool) -> Spoken | None:
        """Returns a reply as the visitor reads it; None for what is a note whoever writes it.

        Args:
            case_id: The case that it is written in.
            text: The words as typed.
            from_slack: Whether they hold Slack's markup.
        """
        if replies.never_sent(text) is not None:
            return None
        language = await self._database.run(_language, case_id)
        plain = replies.to_visitor(text) if from_slack else text
        return await self._interpreter.to_visitor(plain, language)


def _language(connection: Connection, case_id: int) -> str:
    standing = cases.case(connection, case_id)
    return log.pinned_language(connection, standing.conversation_id) or str(standing.language)
