"""The error tree of `bot`: `text_id` is the sentence a person reads, `facts` what it is about."""

from __future__ import annotations

from handlers.turn import Reply


class BotError(Exception):
    """Something the program could not do."""

    text_id = "error.unexpected"

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts = facts


class StoreUnavailable(BotError):
    """The database could not be opened, locked, or written; trying again later may help."""

    text_id = "error.try-again"


class NotStored(BotError):
    """The turn could not be stored, so it must not be acknowledged. `urgent` is to be shown at once, if any."""

    text_id = "error.try-again"

    def __init__(self, urgent: Reply | None, **facts: object) -> None:
        super().__init__(**facts)
        self.urgent = urgent


class Busy(NotStored):
    """As many turns are in hand as this process may have; in a moment there is room again."""


class WrongUsage(BotError):
    """A command cannot do this with these settings; the command line ends with 2."""


class NeedsPostgres(WrongUsage):
    """More than one machine was asked for on SQLite, which is one file on one machine."""

    text_id = "error.needs-postgresql"


class WebNeedsWebhook(WrongUsage):
    """A process that only serves the web was asked to poll Telegram: two of them would take turns at losing."""

    text_id = "error.web-needs-webhook"


class ClusterMissing(WrongUsage):
    """The library that more than one machine needs is not installed."""

    text_id = "error.cluster-missing"


class ReportMissing(WrongUsage):
    """A library that a report needs is not installed."""

    text_id = "error.report-missing"


class KeyMissing(BotError):
    """A sealed value names a key that the key file does not hold."""

    text_id = "error.key-missing"


class KeyReused(BotError):
    """An idempotency key came again with another message."""

    text_id = "error.key-reused"


class PlaceMissing(BotError):
    """There is no such place folder."""

    text_id = "error.place-missing"


class CommandFault(BotError):
    """A command was asked for something that is not there."""

    text_id = "error.command"


class SendFailed(BotError):
    """A channel could not deliver a message."""


class Blocked(SendFailed):
    """They blocked us, or their account is gone: nothing more may be sent."""


class TooMany(SendFailed):
    """The channel asks us to wait `seconds` before this chat's next message."""

    def __init__(self, seconds: float) -> None:
        super().__init__(seconds=seconds)
        self.seconds = seconds


class Refused(SendFailed):
    """The channel will never take this message; trying again cannot help."""


class Unreached(SendFailed):
    """The network failed; the message may or may not have arrived."""
