"""Change single values of a YAML file and leave every other line as somebody wrote it, comments included."""

from __future__ import annotations

import datetime as dt
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import yaml

from knowledge.yaml_text import read_yaml

Path = tuple[str, ...]
ON_ONE_LINE = frozenset({"days", "organisations"})
"""Lists that our files write as [a, b]."""

QUOTED = re.compile(r"[0-9 +().-]+|.*\n.*", re.DOTALL)


class NotThere(ValueError):
    """The file is not laid out so that a value can be put in; it never leaves this file."""


def edited(text: str, new: Mapping[str, Any], order: Sequence[str]) -> str:
    """A file in, and what it shall say; the file out, with no line changed but those of the values that differ.

    `order` says where a new value goes. Lost are: a comment behind the name of a list that changes, comments within
    such a list, and comments behind a value that is taken out. A file in a shape that cannot be changed by lines
    (all in braces, or with anchors) is written anew, and loses all its comments.
    """
    try:
        for path in list(_changes(read_yaml(text) or {}, new)):
            text = _put(text, path, _at(new, path), order)
        if read_yaml(text) == new:
            return text
    except (NotThere, yaml.YAMLError):
        pass
    return written(new)


def written(fields: Mapping[str, Any]) -> str:
    """A file that says this, in the layout of ours."""
    return "".join(f"{line}\n" for line in _children(fields, ""))


def _changes(old: Mapping[str, Any], new: Mapping[str, Any], above: Path = ()) -> Iterator[Path]:
    for key in dict.fromkeys((*old, *new)):
        before, after = old.get(key), new.get(key)
        if isinstance(before, dict) and isinstance(after, dict) and before and after:
            yield from _changes(before, after, (*above, key))
        elif before != after or (key in old) != (key in new):
            yield (*above, key)


def _at(new: Mapping[str, Any], path: Path) -> tuple[Any, ...]:
    """The value at a path, as the only one of a tuple; empty where there is none."""
    for name in path[:-1]:
        new = new[name]
    return (new[path[-1]],) if path[-1] in new else ()


def _put(text: str, path: Path, value: tuple[Any, ...], order: Sequence[str]) -> str:
    node: Any = yaml.compose(text, Loader=yaml.SafeLoader)
    for name in path[:-1]:
        node = _pairs(node)[name][1]
    pairs = _pairs(node)
    if path[-1] not in pairs:
        return _insert(text, pairs, _lines(path[-1], value[0], " " * node.start_mark.column), path[-1], order)
    key, old = pairs[path[-1]]
    begin, end = key.start_mark.index, _end(text, old)
    if not value:
        return text[: begin - key.start_mark.column] + text[_next_line(text, end) :]
    lines = _lines(path[-1], value[0], " " * node.start_mark.column)
    if len(lines) == 1 and "\n" not in text[begin:end]:
        begin = key.end_mark.index  # what stands behind the value, such as a comment, stays
        return f"{text[:begin]}:{lines[0].partition(':')[2]}{text[end:]}"
    return text[:begin] + "\n".join(lines).lstrip() + text[end:]


def _pairs(node: Any) -> dict[str, tuple[Any, Any]]:
    if not isinstance(node, yaml.MappingNode) or node.flow_style:
        raise NotThere
    return {key.value: (key, value) for key, value in node.value}


def _insert(
    text: str, pairs: Mapping[str, tuple[Any, Any]], lines: Sequence[str], key: str, order: Sequence[str]
) -> str:
    before = order[: order.index(key)] if key in order else tuple(pairs)
    above = [name for name in before if name in pairs]
    if above:
        at = _next_line(text, _end(text, pairs[above[-1]][1]))
    else:
        first = min((found.start_mark for found, _ in pairs.values()), key=lambda mark: mark.index)
        at = first.index - first.column
    head = text[:at] if text[:at].endswith("\n") or not at else f"{text[:at]}\n"
    return head + "".join(f"{line}\n" for line in lines) + text[at:]


def _end(text: str, node: Any) -> int:
    """Where a value ends. A block's own mark is too far: past the comments that follow it."""
    if isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        return _end(text, last[1] if isinstance(last, tuple) else last)
    begin: int = node.start_mark.index
    return begin + len(text[begin : node.end_mark.index].rstrip("\n"))


def _next_line(text: str, at: int) -> int:
    found = text.find("\n", at)
    return len(text) if found < 0 else found + 1


def _lines(key: str, value: Any, pad: str) -> list[str]:
    if isinstance(value, Mapping) and value:
        return [f"{pad}{key}:", *_children(value, f"{pad}  ")]
    if isinstance(value, list) and value and key not in ON_ONE_LINE:
        return [f"{pad}{key}:", *(line for item in value for line in _item(item, f"{pad}  "))]
    return [f"{pad}{key}: {_inline(value)}".rstrip()]


def _children(fields: Mapping[str, Any], pad: str) -> list[str]:
    return [line for key, value in fields.items() for line in _lines(key, value, pad)]


def _item(item: Any, pad: str) -> list[str]:
    if not isinstance(item, Mapping):
        return [f"{pad}- {_inline(item)}"]
    first, *rest = _children(item, f"{pad}  ")
    return [f"{pad}- {first.lstrip()}", *rest]


def _inline(value: Any, within: bool = False) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "true" if value else "false"
        case dt.date():
            return value.isoformat()
        case list() | tuple():
            return f"[{', '.join(_inline(each, True) for each in value)}]"
        case _:
            return _scalar(str(value), within)


def _scalar(text: str, within: bool) -> str:
    """Bare where YAML reads it back as the same words, else in quotes; numbers too, for whoever changes them later."""
    try:
        bare = read_yaml(f"[{text}]" if within else f"- {text}") == [text] and not QUOTED.fullmatch(text)
    except yaml.YAMLError:
        bare = False
    return text if bare else json.dumps(text, ensure_ascii=False)
