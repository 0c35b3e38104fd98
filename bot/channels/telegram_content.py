"""What a Telegram message holds beside words: files, places, people.

Source: core.telegram.org/bots/api#message and the types that it names.
"""

from __future__ import annotations

from typing import Any

from bot.channels.payload import clean, dicts, number, part
from bot.messages import Attachment

# Part of a message -> our kind. An animation comes with a document of the same file beside it.
_FILES = {
    "animation": "video",
    "audio": "audio",
    "document": "file",
    "sticker": "sticker",
    "video": "video",
    "video_note": "video",
    "voice": "voice",
}
# What only says that something happened in the chat; nobody waits for an answer to it.
SERVICE = frozenset(
    """
    boost_added channel_chat_created chat_background_set chat_owner_changed chat_owner_left
    chat_shared checklist_tasks_added checklist_tasks_done connected_website delete_chat_photo
    direct_message_price_changed forum_topic_closed forum_topic_created forum_topic_edited
    forum_topic_reopened general_forum_topic_hidden general_forum_topic_unhidden gift
    gift_upgrade_sent giveaway_completed giveaway_created group_chat_created left_chat_member
    left_chat_participant managed_bot_created message_auto_delete_timer_changed
    migrate_from_chat_id migrate_to_chat_id new_chat_member new_chat_members new_chat_participant
    new_chat_photo new_chat_title paid_message_price_changed passport_data pinned_message
    poll_option_added poll_option_deleted proximity_alert_triggered refunded_payment
    successful_payment suggested_post_approval_failed suggested_post_approved
    suggested_post_declined suggested_post_paid suggested_post_refunded supergroup_chat_created
    unique_gift user_shared users_shared video_chat_ended video_chat_participants_invited
    video_chat_scheduled video_chat_started voice_chat_ended voice_chat_participants_invited
    voice_chat_scheduled voice_chat_started web_app_data write_access_allowed
    """.split()
)


def is_service(message: dict[str, Any]) -> bool:
    """Tells whether a message is Telegram's word that something happened, and nobody's own."""
    return any(message[name] is not None for name in SERVICE.intersection(message))


def attachments_of(message: dict[str, Any]) -> tuple[Attachment, ...]:
    """Returns what a message carries; games, polls, dice and what is newer are nothing to us."""
    # The sizes of one picture, the smallest first; each has an id of its own.
    if sizes := dicts(message.get("photo")):
        return (_file("image", sizes[-1]),)
    for name, kind in _FILES.items():
        if found := part(message, name):
            return (_file(kind, found),)
    # A venue comes with its location beside it.
    if place := part(message, "location") or part(part(message, "venue"), "location"):
        return (_place(place, part(message, "venue")),)
    if person := part(message, "contact"):
        return (Attachment("contact", name=full_name(person)),)
    return ()


def full_name(person: dict[str, Any]) -> str | None:
    """Returns first and last name, as people see them in Telegram."""
    names = (clean(person.get(key)).strip() for key in ("first_name", "last_name"))
    return " ".join(name for name in names if name)[:200] or None


def _file(kind: str, found: dict[str, Any]) -> Attachment:
    # A sticker has no name; its emoji says what it shows.
    name = found.get("file_name") or found.get("title") or found.get("emoji")
    size = number(found.get("file_size"))
    return Attachment(
        kind,
        id=clean(found.get("file_id"))[:200] or None,
        name=clean(name)[:200] or None,
        mime=clean(found.get("mime_type"))[:200] or None,
        size=None if size is None else int(size),
        seconds=number(found.get("duration")),
    )


def _place(place: dict[str, Any], venue: dict[str, Any]) -> Attachment:
    return Attachment(
        "location",
        name=clean(venue.get("title"))[:200] or None,
        latitude=number(place.get("latitude")),
        longitude=number(place.get("longitude")),
    )
