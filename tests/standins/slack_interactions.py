"""What staff do besides writing: press buttons, choose from menus, send modals and commands."""

from __future__ import annotations

import json
from copy import deepcopy
from typing import Any

from .slack_controls import control
from .slack_courier import GENUINE, VERIFICATION_TOKEN, Courier, Delivered, Delivery
from .slack_store import Hook
from .wire import JsonDict


class Interactions(Courier):
    """Presses, choices, commands and modals, delivered as signed forms."""

    def press(
        self,
        user: str,
        channel: str,
        ts: str,
        action: str,
        value: str | None = None,
        *,
        option: str | None = None,
        how: Delivery = GENUINE,
    ) -> Delivered:
        """Press the button or open the menu named by action_id or label.

        ``option`` is the text or value of the menu's choice; ``value`` replaces what the button
        carries. Ephemeral messages count too, for the person who was shown them.
        """
        with self.standin.changing():
            payload = self._press_payload(user, channel, ts, action, value, option)
        return self.deliver_form({"payload": json.dumps(payload)}, how)

    def submit(
        self, user: str, view_id: str, values: JsonDict, how: Delivery = GENUINE
    ) -> Delivered:
        """Send a modal: ``values`` is ``{block_id: {action_id: {"value": ...}}}``."""
        view = {**deepcopy(self.workspace.views[view_id]), "state": {"values": values}}
        view.pop("shown_to")
        payload = {**self._who("view_submission", user), "view": view, "response_urls": []}
        return self.deliver_form({"payload": json.dumps(payload)}, how)

    def slash(
        self,
        user: str,
        command: str,
        text: str = "",
        channel: str = "C0DESK",
        how: Delivery = GENUINE,
    ) -> Delivered:
        """Use a slash command."""
        workspace = self.workspace
        with self.standin.changing():
            path = workspace.new_hook(Hook(channel, user, workspace.clock()), "commands")
            trigger = workspace.new_trigger(user)
        fields = {
            "token": VERIFICATION_TOKEN,
            "team_id": workspace.team_id,
            "team_domain": workspace.domain,
            "channel_id": channel,
            "channel_name": workspace.channels[channel].name,
            "user_id": user,
            "user_name": str(workspace.users[user]["name"]),
            "command": command,
            "text": text,
            "api_app_id": workspace.app_id,
            "is_enterprise_install": "false",
            "response_url": self.standin.url + path,
            "trigger_id": trigger,
        }
        return self.deliver_form(fields, how)

    def ssl_check(self, how: Delivery = GENUINE) -> Delivered:
        """Ask what Slack asks a slash command's address now and then; 200 is the answer."""
        return self.deliver_form({"ssl_check": "1", "token": VERIFICATION_TOKEN}, how)

    def _who(self, kind: str, user: str) -> JsonDict:
        workspace, person = self.workspace, self.workspace.users[user]
        team = person["team_id"]
        about = {"id": user, "username": person["name"], "name": person["name"], "team_id": team}
        return {
            "type": kind,
            "user": about,
            "api_app_id": workspace.app_id,
            "token": VERIFICATION_TOKEN,
            "trigger_id": workspace.new_trigger(user),
            "team": {"id": workspace.team_id, "domain": workspace.domain},
            "enterprise": None,
            "is_enterprise_install": False,
        }

    def _press_payload(
        self, user: str, channel: str, ts: str, name: str, value: str | None, option: str | None
    ) -> JsonDict:
        message, ephemeral = self._shown(user, channel, ts)
        action, state = self._action(message, name, value, option)
        container = {
            "type": "message",
            "message_ts": ts,
            "channel_id": channel,
            "is_ephemeral": ephemeral,
        }
        if message.get("thread_ts"):
            container["thread_ts"] = message["thread_ts"]
        payload = self._who("block_actions", user)
        payload["container"] = container
        payload["channel"] = {"id": channel, "name": self.workspace.channels[channel].name}
        if not ephemeral:  # of an ephemeral message Slack sends nothing but its ts
            payload["message"] = message
        payload["state"] = {"values": state}
        payload["response_url"] = self._response_url(user, channel, message, ephemeral)
        payload["actions"] = [action]
        return payload

    def _shown(self, user: str, channel: str, ts: str) -> tuple[JsonDict, bool]:
        """Return a message this person can see, and whether nobody else can."""
        for ghost in self.workspace.ephemerals:
            if ghost["ts"] == ts and ghost["shown_to"] == user:
                return deepcopy(ghost), True
        found = self.workspace.channels[channel].messages.get(ts)
        assert found is not None, f"{user} sees no message {ts} in {channel}"
        return deepcopy(found), False

    def _action(
        self, message: JsonDict, name: str, value: str | None, option: str | None
    ) -> tuple[JsonDict, JsonDict]:
        block, element = control(message, name)
        action: dict[str, Any] = {
            "type": element["type"],
            "action_id": element["action_id"],
            "block_id": block["block_id"],
            "action_ts": self.workspace.next_ts(),
        }
        if element["type"] == "button":
            carried = element.get("value") if value is None else value
            action["text"] = element["text"]
            action.update({} if carried is None else {"value": carried})
            return action, {}
        if element["type"] == "users_select":
            action["selected_user"] = option
            state = {"type": element["type"], "selected_user": option}
            return action, {block["block_id"]: {element["action_id"]: state}}
        chosen = self._choose(element, option)
        action["selected_option"] = chosen
        action["placeholder"] = element.get("placeholder")
        state = {"type": element["type"], "selected_option": chosen}
        return action, {block["block_id"]: {element["action_id"]: state}}

    @staticmethod
    def _choose(element: JsonDict, wanted: str | None) -> JsonDict:
        for option in element.get("options", []):
            if wanted in (option["value"], option["text"]["text"]):
                return dict(option)
        raise AssertionError(f"no option {wanted!r} in {element}")

    def _response_url(self, user: str, channel: str, message: JsonDict, ephemeral: bool) -> str:
        hook = Hook(
            channel,
            user,
            self.workspace.clock(),
            ts=message["ts"],
            thread_ts=message.get("thread_ts"),
            ephemeral=ephemeral,
        )
        return self.standin.url + self.workspace.new_hook(hook)
