"""The machine-readable Bot API (`api.min.json`, PaulSonOfLars/telegram-bot-api-spec) as a judge of both sides.

Where the file is missing every check passes: `SPEC.known` says which it is.
"""

from __future__ import annotations

import functools
import json
from pathlib import Path
from typing import Any

import telegram

Json = dict[str, Any]

PATH = Path(__file__).parents[3] / "shared/telegram-bot-api/api.min.json"
_SIMPLE: dict[str, tuple[type, ...]] = {
    "String": (str,),
    "Integer": (int,),
    "Float": (int, float),
    "Boolean": (bool,),
    "True": (bool,),
}
_ARRAY = "Array of "


class Spec:
    """What each method takes and each type holds."""

    def __init__(self, document: Json) -> None:
        self.methods: dict[str, Json] = document.get("methods", {})
        self.types: dict[str, Json] = document.get("types", {})
        self.known = bool(self.methods)

    def request_faults(self, method: str, given: Json) -> list[str]:
        """Unknown, missing and wrongly typed parameters of one call."""
        if not self.known:
            return []
        fields = self.methods[method].get("fields", []) if method in self.methods else []
        return self._fields(method, fields, given)

    def response_faults(self, method: str, result: Any) -> list[str]:
        """What the fake itself got wrong in an answer."""
        returns = self.methods.get(method, {}).get("returns", [])
        return self._value(method, returns, result) if returns else []

    def object_faults(self, kind: str, value: Any) -> list[str]:
        """What is wrong with one object, for instance an Update."""
        return self._value(kind, [kind], value) if self.known else []

    def result_type(self, method: str, result: Any) -> str | None:
        """The class that a result belongs to, if it is an object or a list of them."""
        sample = result[0] if isinstance(result, list) and result else result
        returns = [each.removeprefix(_ARRAY) for each in self.methods.get(method, {}).get("returns", [])]
        return next((each for each in returns if isinstance(sample, dict) and each in self.types), None)

    def _fields(self, where: str, fields: list[Json], given: Any) -> list[str]:
        if not isinstance(given, dict):
            return [f"{where}: {given!r} is not an object"]
        known = {field["name"]: field for field in fields}
        faults = [f"{where}: unknown field {name!r}" for name in given if name not in known]
        for name, field in known.items():
            if name in given:
                faults += self._value(f"{where}.{name}", field["types"], given[name])
            elif field["required"]:
                faults.append(f"{where}: {name!r} is missing")
        return faults

    def _value(self, where: str, kinds: list[str], value: Any) -> list[str]:
        tries = [self._one(where, kind, value) for kind in kinds]
        return min(tries, key=len) if tries else []

    def _one(self, where: str, kind: str, value: Any) -> list[str]:
        if kind.startswith(_ARRAY):
            return self._array(where, kind.removeprefix(_ARRAY), value)
        if kind == "InputFile":
            return [] if isinstance(value, bytes) else [f"{where}: not a file"]
        if kind in _SIMPLE:
            wrong = not isinstance(value, _SIMPLE[kind]) or (isinstance(value, bool) and kind in ("Integer", "Float"))
            return [f"{where}: {value!r} is not {kind}"] if wrong else []
        subtypes = self.types[kind].get("subtypes", [])
        if subtypes:
            return self._value(f"{where}:{kind}", subtypes, value)
        return self._fields(f"{where}:{kind}", self.types[kind].get("fields", []), value)

    def _array(self, where: str, kind: str, value: Any) -> list[str]:
        if not isinstance(value, list):
            return [f"{where}: {value!r} is not a list"]
        return [fault for index, each in enumerate(value) for fault in self._one(f"{where}[{index}]", kind, each)]


@functools.cache
def load(path: Path = PATH) -> Spec:
    """The judge, read once a process."""
    return Spec(json.loads(path.read_text("utf-8")) if path.exists() else {})


def round_trip_faults(kind: str, value: Any) -> list[str]:
    """An object must come out of python-telegram-bot as it went in; what is False there may be absent here."""
    if isinstance(value, list):
        return [fault for each in value for fault in round_trip_faults(kind, each)]
    parsed = getattr(telegram, kind).de_json(value, None)
    return [f"{where} does not survive de_json" for where in _differences(kind, value, parsed.to_dict())]


def _differences(where: str, before: Any, after: Any) -> list[str]:
    if isinstance(before, dict) and isinstance(after, dict):
        names = [name for name in before | after if name in before or after[name] is not False]
        pairs = [(f"{where}.{name}", before.get(name), after.get(name)) for name in names]
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        pairs = [(f"{where}[{index}]", *pair) for index, pair in enumerate(zip(before, after, strict=True))]
    else:
        return [] if before == after else [f"{where}: {before!r} became {after!r}, which"]
    return [difference for pair in pairs for difference in _differences(*pair)]
