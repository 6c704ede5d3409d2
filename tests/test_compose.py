"""compose.yaml says what docs/deploying.md promises: one machine alone, or web and workers, and no secret in it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[1]
CLUSTER = {"web", "worker", "proxy", "database"}
OURS = {"app", "web", "worker"}


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
    said = (ROOT / "ops" / "proxy.conf").read_text(encoding="utf-8")
    assert re.search(r"server web:8000 resolve", said)
    assert re.search(r"proxy_set_header Host \$http_host;", said)


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
    assert "/secrets/" in (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    for name, service in services.items():
        for setting, value in service.get("environment", {}).items():
            held = re.search(r"TOKEN|SECRET|PASSWORD|KEYS", setting)
            if not held:
                assert not re.search(r"://[^/@]*:[^/@]+@", str(value)), f"{name}: a password in {setting}"
                continue
            place = re.fullmatch(r"/run/secrets/(\w+)", value)
            assert value == "/data/bot.keys" or (place and place[1] in service["secrets"]), f"{name}: {setting}"
