"""The methods about the bot itself and its updates: getMe, commands, descriptions, webhook."""

from __future__ import annotations

import json
import re
from typing import Any

from tests.fake_telegram.incoming import Incoming, Json
from tests.fake_telegram.refusals import bad_request
from tests.fake_telegram.world import World

MOST_COMMANDS = 100
LONGEST_DESCRIPTION = 512
LONGEST_SHORT_DESCRIPTION = 120


class ProfileMethods:
    """Each public method is the Bot API's method of the same name."""

    def __init__(self, world: World) -> None:
        self._world = world

    def get_me(self, call: Incoming) -> Json:
        return self._world.bot.wire() | {
            "can_join_groups": True,
            "can_read_all_group_messages": True,
            "supports_inline_queries": False,
        }

    async def get_updates(self, call: Incoming) -> list[Json]:
        return await self._world.polling.get_updates(call.given)

    def set_webhook(self, call: Incoming) -> bool:
        if call.given["url"]:
            self._world.polling.end("terminated by setWebhook request")
        return self._world.webhook.set(call.given)

    def delete_webhook(self, call: Incoming) -> bool:
        return self._world.webhook.delete(call.given)

    def get_webhook_info(self, call: Incoming) -> Json:
        return self._world.webhook.info()

    def set_my_commands(self, call: Incoming) -> bool:
        commands = call.given["commands"]
        if len(commands) > MOST_COMMANDS:
            raise bad_request("BOT_COMMANDS_TOO_MUCH")
        if not all(re.fullmatch(r"[a-z0-9_]{1,32}", each["command"]) for each in commands):
            raise bad_request("BOT_COMMAND_INVALID")
        if not all(1 <= len(each["description"]) <= 256 for each in commands):
            raise bad_request("BOT_COMMAND_DESCRIPTION_INVALID")
        self._world.commands[_scope(call.given)] = commands
        return True

    def get_my_commands(self, call: Incoming) -> list[Json]:
        return self._world.commands.get(_scope(call.given), [])

    def set_my_description(self, call: Incoming) -> bool:
        return self._describe(call, "description", LONGEST_DESCRIPTION)

    def set_my_short_description(self, call: Incoming) -> bool:
        return self._describe(call, "short_description", LONGEST_SHORT_DESCRIPTION)

    def _describe(self, call: Incoming, field: str, longest: int) -> bool:
        """The limits are documented, the server's wording is not."""
        text = call.given.get(field, "")
        if len(text) > longest:
            raise bad_request(f"{field.upper()}_TOO_LONG")
        self._world.descriptions[field, call.given.get("language_code", "")] = text
        return True


def _scope(given: dict[str, Any]) -> str:
    scope = given.get("scope") or {"type": "default"}
    return json.dumps([scope, given.get("language_code", "")], sort_keys=True)
