"""compose.yaml says what docs/deploying.md promises: one machine alone, or web and workers, and no secret in it."""

from __future__ import annotations

import ipaddress
import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from bot.console.door import MOST_BYTES
from bot.settings import Settings

ROOT = Path(__file__).parents[1]
CLUSTER = {"web", "worker", "proxy", "database", "tools"}
OURS = {"app", "web", "worker", "tools"}
OF_THE_CONTAINERS = {
    "BOT_HOST", "BOT_PORT", "BOT_DATABASE_URL", "BOT_DATABASE_PASSWORD_FILE", "BOT_KEYS_FILE", "BOT_INDEX_FOLDER",
    "BOT_BACKUP_FOLDER", "BOT_TELEGRAM_MODE", "BOT_TELEGRAM_TOKEN_FILE", "BOT_WEBHOOK_SECRET_FILE",
    "BOT_METRICS_TOKEN_FILE", "BOT_ERASED_FILE", "FORWARDED_ALLOW_IPS",
}  # fmt: skip
"""Where things are inside; whoever runs it sets all the rest in .env."""
PROXY = (ROOT / "ops" / "proxy.conf").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def services() -> dict[str, Any]:
    found: dict[str, Any] = read()["services"]
    return found


def read() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load((ROOT / "compose.yaml").read_text(encoding="utf-8"))
    return found


def test_one_machine_is_the_app_alone_on_sqlite(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if "profiles" not in service} == {"app"}
    assert services["app"]["environment"]["BOT_DATABASE_URL"].startswith("sqlite:////data/")
    assert "app:/data" in services["app"]["volumes"]


def test_copies_lie_on_a_volume_without_the_keys(services: dict[str, Any]) -> None:
    app = services["app"]
    folder = app["environment"]["BOT_BACKUP_FOLDER"]
    assert f"backups:{folder}" in app["volumes"]
    assert not app["environment"]["BOT_KEYS_FILE"].startswith(folder)
    assert "backups" in read()["volumes"]
    made = re.search(r"install --directory --owner bot .*", (ROOT / "Dockerfile").read_text(encoding="utf-8"))
    assert made
    assert folder in made[0].split(), "a volume takes its owner from the image's folder"


def test_the_cluster_is_copied_and_put_back_by_tools_of_the_servers_own_version(services: dict[str, Any]) -> None:
    """An older pg_dump refuses a newer server; what a newer one writes, an older pg_restore elsewhere cannot read."""
    dockerfile = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    server = re.fullmatch(r"postgres:(\d+)-alpine", services["database"]["image"])
    assert server
    assert re.findall(r"postgresql-client-(\d+)", dockerfile.rpartition("\nFROM ")[2]) == [server[1]]
    assert dockerfile.count("FROM python:3.11-slim-trixie") == dockerfile.count("\nFROM"), "that Debian has 17"
    assert int(server[1]) < 18, "its data would lie a folder higher"
    assert services["database"]["volumes"] == ["database:/var/lib/postgresql/data"]


def test_by_hand_the_cluster_has_the_copies_the_keys_and_who_was_erased(services: dict[str, Any]) -> None:
    tools, worker = services["tools"], services["worker"]
    assert tools["environment"].items() - worker["environment"].items() == {("BOT_BACKUP_FOLDER", "/backups")}
    assert tools["volumes"] == [*worker["volumes"], "backups:/backups"]
    assert tools["secrets"] == worker["secrets"]
    assert tools["restart"] == "no"
    for command in ("backup", "restore"):
        assert f"run --rm tools bot {command}" in (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8")


def test_what_stands_in_env_reaches_every_container(services: dict[str, Any]) -> None:
    fixed = set()
    for name in OURS:
        assert services[name]["env_file"] == [{"path": ".env", "required": False}]
        fixed |= services[name]["environment"].keys()
    names = {f"BOT_{setting.upper()}" for setting in Settings.model_fields}
    assert names | {"FORWARDED_ALLOW_IPS"} >= fixed
    assert fixed == OF_THE_CONTAINERS


def test_the_cluster_is_two_of_each_behind_one_address(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if service.get("profiles") == ["cluster"]} == CLUSTER
    assert services["web"]["command"] == ["bot", "run", "--role", "web"]
    assert services["worker"]["command"][:2] == ["bot", "worker"]
    assert [services[name]["deploy"]["replicas"] for name in ("web", "worker")] == [2, 2]
    assert [name for name in CLUSTER if "ports" in services[name]] == ["proxy"]
    assert services["proxy"]["ports"] == services["app"]["ports"], "nobody runs both by mistake"
    for name in ("web", "worker"):
        assert services[name]["environment"]["BOT_DATABASE_URL"].startswith("postgresql://")
        assert services[name]["environment"]["BOT_TELEGRAM_MODE"] == "webhook"


def test_the_proxy_speaks_to_the_web_processes(services: dict[str, Any]) -> None:
    assert services["proxy"]["volumes"] == ["./ops/proxy.conf:/etc/nginx/conf.d/default.conf:ro"]
    assert re.search(r"server web:8000 resolve", PROXY)
    assert re.search(r"proxy_set_header Host \$http_host;", PROXY)


def test_nobody_can_say_that_they_are_somebody_else(services: dict[str, Any]) -> None:
    """The bot believes its own network alone, and the proxy there passes on one address, which no browser wrote."""
    [pool] = read()["networks"]["default"]["ipam"]["config"]
    for name in OURS:
        assert services[name]["environment"]["FORWARDED_ALLOW_IPS"] == pool["subnet"]
        assert "networks" not in services[name]
    assert ipaddress.ip_network(pool["subnet"]).num_addresses <= 256
    assert re.findall(r"proxy_set_header X-Forwarded-For (.*);", PROXY) == ["$remote_addr"]
    assert re.findall(r"set_real_ip_from (.*);", PROXY) == [pool["subnet"]]
    assert re.search(r"real_ip_header X-Forwarded-For;\s+real_ip_recursive on;", PROXY)


def test_the_proxy_lets_through_what_the_console_takes() -> None:
    found = re.search(r"client_max_body_size (\d+)m;", PROXY)
    assert found
    assert int(found[1]) * 1024 * 1024 > MOST_BYTES


def test_who_runs_it_already_is_told_what_the_containers_need_now(services: dict[str, Any]) -> None:
    """Secrets that were not there before, and a network whose addresses were not fixed."""
    page = (ROOT / "docs" / "upgrading.md").read_text(encoding="utf-8")
    touched = re.search(r"touch ([^`]*)`", page)
    assert touched
    new = {f"secrets/{name}" for name in services["app"]["secrets"]} - {"secrets/telegram_token"}
    assert set(touched[1].split()) == new
    assert "`docker compose down` once" in page


def test_each_says_whether_it_is_well_and_may_do_little(services: dict[str, Any]) -> None:
    assert {name for name, service in services.items() if not service["healthcheck"]["test"]} == set()
    for name in OURS:
        assert services[name]["read_only"]
        assert services[name]["cap_drop"] == ["ALL"]
    worker = services["worker"]
    beat = worker["command"][worker["command"].index("--alive") + 1]
    assert beat in worker["healthcheck"]["test"][-1], "it looks at the file that the worker touches"


def test_secrets_come_from_files_that_are_not_here(services: dict[str, Any]) -> None:
    secrets = read()["secrets"]
    assert all(value.keys() == {"file"} and value["file"].startswith("./secrets/") for value in secrets.values())
    told = re.search(r"mkdir -p secrets && touch (.*)", (ROOT / "docs" / "deploying.md").read_text(encoding="utf-8"))
    assert told
    assert set(told[1].split()) == {f"secrets/{name}" for name in services["app"]["secrets"]}
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for name, service in services.items():
        for setting, value in service.get("environment", {}).items():
            held = re.search(r"TOKEN|SECRET|PASSWORD|KEYS", setting)
            if not held:
                assert not re.search(r"://[^/@]*:[^/@]+@", str(value)), f"{name}: a password in {setting}"
                continue
            place = re.fullmatch(r"/run/secrets/(\w+)", value)
            assert value == "/data/bot.keys" or (place and place[1] in service["secrets"]), f"{name}: {setting}"
