"""What staff do in the Home tab and in modals: open it, press in it, send them."""

from __future__ import annotations

import json
from copy import deepcopy

from .slack_courier import GENUINE, Delivered, Delivery
from .slack_interactions import Interactions
from .wire import JsonDict


class ViewDriver(Interactions):
    """The Home tab, and buttons in views."""

    def open_home(self, user: str, tab: str = "home", how: Delivery = GENUINE) -> Delivered:
        """Open the app: docs.slack.dev/reference/events/app_home_opened."""
        with self.standin.changing() as workspace:
            channel = workspace.open_im(user).id
            event: JsonDict = {"type": "app_home_opened", "user": user, "channel": channel}
            event.update({"tab": tab, "event_ts": workspace.next_ts()})
            if tab == "home" and user in workspace.homes:
                event["view"] = deepcopy(workspace.homes[user])
        return self.deliver_event(event, how)

    def close_view(self, user: str, view_id: str, how: Delivery = GENUINE) -> Delivered:
        """Close a modal without sending it; Slack tells of those that ask for it."""
        view = deepcopy(self.workspace.views[view_id])
        view.pop("shown_to")
        assert view.get("notify_on_close"), "Slack would not tell of this one"
        payload = {**self._who("view_closed", user), "view": view, "is_cleared": False}
        return self.deliver_form({"payload": json.dumps(payload)}, how)

    def press_view(
        self,
        user: str,
        view_id: str,
        action: str,
        value: str | None = None,
        *,
        option: str | None = None,
        values: JsonDict | None = None,
        how: Delivery = GENUINE,
    ) -> Delivered:
        """Press a button or open a menu in a modal or in somebody's Home tab.

        ``values`` is what stands in the fields by then.
        """
        with self.standin.changing() as workspace:
            shown = deepcopy(self._view(view_id))
            shown.pop("shown_to", None)
            shown["state"] = {"values": values or {}}
            pressed, _ = self._action(shown, action, value, option)
            payload = self._who("block_actions", user)
            payload["container"] = {"type": "view", "view_id": view_id}
            payload.update({"view": shown, "actions": [pressed]})
            workspace.name_parts(shown["blocks"])
        return self.deliver_form({"payload": json.dumps(payload)}, how)

    def _view(self, view_id: str) -> JsonDict:
        found = [each for each in self.workspace.homes.values() if each["id"] == view_id]
        return found[0] if found else self.workspace.views[view_id]
