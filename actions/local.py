"""The actions without an action server: called in the process that runs the turn.

What comes back is what the HTTP server of rasa_sdk would answer (rasa_sdk/endpoint.py), a status
and a body, so that Rasa sees the same whether an action ran here or elsewhere.
"""

from __future__ import annotations

import logging
from functools import lru_cache
from typing import Any

from rasa_sdk.executor import ActionExecutor
from rasa_sdk.interfaces import ActionExecutionRejection, ActionNotFoundException

logger = logging.getLogger(__name__)

OK, REJECTED, UNKNOWN, FAILED = 200, 400, 404, 500


async def answer(call: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    """Runs the action that a call names.

    Args:
        call: What Rasa sends to an action server: `next_action`, `tracker`, `domain`.

    Returns:
        The status and the body of an action server's answer.
    """
    name = call.get("next_action") or ""
    try:
        return OK, await executor().run(call) or {}
    except ActionExecutionRejection as refusal:
        return REJECTED, {"error": str(refusal), "action_name": refusal.action_name}
    except ActionNotFoundException as missing:
        logger.error("an action failed", extra={"action": name, "error": "there is none"})
        return UNKNOWN, {"error": str(missing), "action_name": missing.action_name}
    except Exception:
        logger.exception("an action failed", extra={"action": name})
        return FAILED, {"error": "the action failed", "action_name": name}


@lru_cache(maxsize=1)
def executor() -> ActionExecutor:
    """Returns the executor with every action of this package."""
    made = ActionExecutor()
    made.register_package("actions")
    return made
