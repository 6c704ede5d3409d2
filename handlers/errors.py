"""The error tree of `handlers`."""


class HandlerError(Exception):
    """Something in a turn could not be done; `text_id` is what the person reads."""

    text_id = "error.unexpected"

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{name}={value!r}" for name, value in facts.items()))
        self.facts = facts


class OldButton(HandlerError):
    """A button of another version, or one that was changed on its way."""

    text_id = "error.old-button"


class UnknownText(HandlerError):
    """A text id that no catalogue holds; found by the tests, not by residents."""

    text_id = "error.unexpected"
