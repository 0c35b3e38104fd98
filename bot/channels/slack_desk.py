"""What staff can do at the Slack desk beside writing and pressing a card's buttons, by name.

One table of who reads what: a reader is called with a row's payload (`bot.channels.slack_intake`
says what is in it), may ask Slack and the database, and returns a step. The step runs in the one
transaction that also ends the event, and returns an `Ending`: the words for the log, and with
`then` what is done once it stands, such as `api.whisper(payload["response_url"], words)`. A reader
that raises is called again up to four times, so whatever it does itself must bear that.
"""

from __future__ import annotations

from bot.channels.host import Host
from bot.channels.slack_api import SlackApi
from bot.channels.slack_commands import SlackCommands
from bot.channels.slack_correct import SlackCorrect
from bot.channels.slack_events import Reader
from bot.channels.slack_home import SlackHomes
from bot.channels.slack_modals import Opener
from bot.channels.slack_people import SlackPeople
from bot.channels.slack_suggest import SlackSuggest
from bot.desk.announcing import Announcer


def readers(
    host: Host, people: SlackPeople, api: SlackApi, homes: SlackHomes
) -> dict[str, Reader]:
    """Returns the readers by kind of event, or by button ("action:...") or modal ("view:...")."""
    museum, known = host.voice.museum, {name: c.window for name, c in host.channels.items()}
    announcer = Announcer(host.database, host.translator, known)
    commands = SlackCommands(api, people, host.casework, announcer, museum, known)
    suggest, correct = _suggest(host, people, api), _correct(host, people)
    return {
        "action:suggest": suggest.asked,
        "action:ready": suggest.pressed,
        "view:ready": suggest.edited,
        "view:correct": correct.sent,
        "view_closed:correct": correct.closed,
        "command": commands.command,
        "app_home_opened": homes.opened,
        "action:home": homes.pressed,
        "action:say": commands.pressed,
    }


def openers(host: Host, people: SlackPeople, api: SlackApi) -> dict[str, Opener]:
    """Returns what each button that opens a modal shows, by its action id without "modal:"."""
    suggest, correct = _suggest(host, people, api), _correct(host, people)
    return {"edit_ready": suggest.edit, "correct": correct.open}


def _suggest(host: Host, people: SlackPeople, api: SlackApi) -> SlackSuggest:
    work = (host.database, host.casework, people, api, host.suggestions, host.speaking)
    return SlackSuggest(*work)


def _correct(host: Host, people: SlackPeople) -> SlackCorrect:
    return SlackCorrect(host.database, people, host.rewording)
