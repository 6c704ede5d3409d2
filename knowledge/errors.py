"""The error tree of `knowledge`: the class says the sentence, attributes hold the facts."""

from pydantic import ValidationError


class KnowledgeError(Exception):
    """Something in the content cannot be used."""

    text_id = "error.knowledge"

    def __init__(self, **facts: object) -> None:
        super().__init__(", ".join(f"{name}={value}" for name, value in facts.items()))
        self.facts = facts


class UnreadableFile(KnowledgeError):
    """A content file does not have the shape that docs/content.md describes."""

    text_id = "error.content.unreadable"


class UnknownEntry(KnowledgeError):
    """There is no entry with this id."""

    text_id = "error.content.unknown-entry"


class DamagedWeights(KnowledgeError):
    """A weights file is missing, or is not the one that was shipped."""

    text_id = "error.weights.damaged"


def first_reason(error: Exception) -> str:
    """One plain line about what is wrong with a file."""
    if isinstance(error, ValidationError):
        first = error.errors()[0]
        return f"{'.'.join(map(str, first['loc']))}: {first['msg']}"
    return str(error).splitlines()[0]
