"""Puts files into Slack, and gets them from there.

Sources: docs.slack.dev/reference/methods/files.getUploadURLExternal and
files.completeUploadExternal (thread_ts; without initial_comment nobody's words can be read as
markup), docs.slack.dev/messaging/working-with-files (url_private wants the token; whoever has
none gets a web page).
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from bot.channels.downloads import Source, download
from bot.channels.http import Http
from bot.channels.payload import clean, dicts, part
from bot.channels.slack_answers import to_one_visitor
from bot.channels.slack_api import SlackApi, SlackRefused
from bot.channels.slack_jobs import Job, is_unsure, place_of
from bot.config import Settings
from bot.desk.file_kinds import MB, FileLimits
from bot.errors import SendFailed
from bot.messages import Carried
from bot.store import files
from bot.store.blobs import Blobs
from bot.store.database import Database

# Slack takes 1 GB; more than 25 MB Docent does not carry anywhere.
FILES = FileLimits(
    "Slack",
    dict.fromkeys(("image", "audio", "video", "document"), 25 * MB),
    "files up to 25 MB",
)
HOSTS = ("slack.com",)
PAGES, PAGE_SIZE = 10, 200
LOOK_BACK = timedelta(minutes=10)


class SlackUploads:
    """Moves files with the bot's token.

    Args:
        api: Slack's Web API.
        http: Connections for the bytes.
        settings: The bot's token, and Slack's address.
    """

    def __init__(self, api: SlackApi, http: Http, settings: Settings) -> None:
        self._api, self._http = api, http
        known = {"Authorization": f"Bearer {settings['SLACK_BOT_TOKEN']}"}
        self._source = Source("Slack", HOSTS, settings["SLACK_API_URL"], known)

    async def fetch(self, reference: Mapping[str, Any], most: int) -> bytes:
        """Returns the bytes of a file that was shared with the app; raises SendFailed."""
        return await download(self._http, self._source, clean(reference.get("url")), most)

    async def put(self, file: Carried) -> str:
        """Uploads a file, which nobody sees yet; returns Slack's id of it; raises SendFailed."""
        method = "files.getUploadURLExternal"
        place = await self._api.read(method, filename=file.name, length=len(file.data))
        url = clean(place.get("upload_url"))
        if not self._source.allows(url):
            raise SendFailed("Slack names no address for the file", retryable=True)
        answer = await self._http.call("POST", url, data=file.data)
        if answer.status != 200:
            wait = answer.retry_after
            reason = f"Slack answered {answer.status} to the file"
            raise SendFailed(reason, retryable=True, retry_after=wait)
        return clean(place.get("file_id"))

    async def share(self, slack_file: str, title: str, where: Mapping[str, str]) -> None:
        """Shows an uploaded file, in a channel or a thread or to a person; raises SendFailed."""
        known = [{"id": slack_file, "title": title}]
        await self._api.call("files.completeUploadExternal", files=known, **where)

    async def show(self, person_id: str, place: Mapping[str, str], file: Carried) -> None:
        """Shows a file to a visitor, where they wrote; raises SendFailed."""
        try:
            slack_file = await self.put(file)
            where = {"channels": person_id.rpartition(":")[2]}
            if channel := place.get("channel"):
                where = _in(channel, place.get("thread_ts"))
            await self.share(slack_file, file.name, where)
        except SlackRefused as refused:
            raise to_one_visitor(refused) from None

    async def is_shared(self, slack_file: str, channel: str, thread: str, since: datetime) -> bool:
        """Tells whether a file stands in a thread; raises SendFailed where that is not known."""
        asked: dict[str, Any] = {"channel": channel, "ts": thread, "limit": PAGE_SIZE}
        asked["oldest"] = f"{since.timestamp():.6f}"
        for _ in range(PAGES):
            answer = await self._api.read("conversations.replies", **asked)
            for message in dicts(answer.get("messages")):
                if any(each.get("id") == slack_file for each in dicts(message.get("files"))):
                    return True
            asked["cursor"] = part(answer, "response_metadata").get("next_cursor")
            if not asked["cursor"]:
                break
        return False


def _in(channel: str, thread: str | None) -> dict[str, str]:
    return {"channel_id": channel, **({"thread_ts": thread} if thread else {})}


class ThreadFiles:
    """Shows the files of cases in their threads, each once.

    Args:
        database: Where the rows lie.
        blobs: Where the bytes lie.
        uploads: Slack.
    """

    def __init__(self, database: Database, blobs: Blobs, uploads: SlackUploads) -> None:
        self._database, self._blobs, self._uploads = database, blobs, uploads

    async def show(self, job: Job) -> str | None:
        """Shows a job's file; returns why not where there is nothing to show; raises SendFailed.

        Slack has no idempotency key: its own id of the file is written down before the file is
        shared, and where it is not known whether that was done the thread is read back.
        """
        row = await self._database.run(files.file, int(job.payload["file"]))
        data = None if row is None or row.digest is None else self._blobs.read(row.digest)
        if row is None or data is None:
            return "the file is not here any more"
        channel, thread = place_of(job)
        if row.slack_file and is_unsure(job.row):
            since = job.row.at - LOOK_BACK
            if await self._uploads.is_shared(row.slack_file, channel, thread, since):
                await self._posted(row)
                return None
        slack_file = await self._put(Carried(row.name, row.mime, data))
        await self._database.run(files.change, row.id, slack_file=slack_file)
        await self._uploads.share(slack_file, row.name, _in(channel, thread))
        await self._posted(row)
        return None

    async def _put(self, file: Carried) -> str:
        try:
            return await self._uploads.put(file)
        except SlackRefused:
            raise
        except SendFailed as failure:
            # Until it is shared nobody sees it: whatever became of the bytes, nothing was posted.
            raise SendFailed(
                failure.reason, retryable=failure.retryable, retry_after=failure.retry_after
            ) from None

    async def _posted(self, row: Any) -> None:
        if row.state == "held" and row.direction == "in":
            await self._database.run(files.change, row.id, state="posted")
