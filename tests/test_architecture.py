"""The arrows between the rooms, held by import-linter, and the size of things."""

from __future__ import annotations

import ast
from pathlib import Path

from importlinter.cli import lint_imports

ROOT = Path(__file__).parents[1]
ROOMS = ("bot", "handlers", "knowledge")
LONGEST_FILE, LONGEST_FUNCTION = 350, 35


def sources() -> list[Path]:
    return [p for room in ROOMS for p in (ROOT / room).rglob("*.py") if "migrations" not in p.parts]


def test_the_arrows_hold() -> None:
    assert lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True) == 0


def test_files_and_functions_stay_short() -> None:
    long: list[str] = []
    for path in sources():
        text = path.read_text(encoding="utf-8")
        if len(text.splitlines()) > LONGEST_FILE:
            long.append(path.name)
        functions = (n for n in ast.walk(ast.parse(text)) if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef))
        long += [f"{path.name}:{f.name}" for f in functions if (f.end_lineno or 0) - f.lineno >= LONGEST_FUNCTION]
    assert long == []


def test_broad_excepts_stand_only_at_the_edges() -> None:
    broad = {
        str(path.relative_to(ROOT))
        for path in sources()
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.ExceptHandler) and (node.type is None or getattr(node.type, "id", "") == "Exception")
    }
    assert broad == {"bot/conversation.py", "bot/delivery/loop.py", "bot/channels/telegram/polling.py"}


def test_no_cycle_is_hidden_inside_a_function() -> None:
    hidden = [
        f"{path.relative_to(ROOT)}:{node.lineno}"
        for path in sources()
        for function in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
        if isinstance(node, ast.ImportFrom | ast.Import)
    ]
    assert hidden == []
