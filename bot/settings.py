"""Settings from the environment or an `.env` file, read once at start. Each is explained in docs/deploying.md."""

from __future__ import annotations

import ipaddress
from pathlib import Path
from typing import Literal
from urllib.parse import quote, urlsplit, urlunsplit

from pydantic import AliasChoices, Field, SecretStr, field_validator, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.encoder import EncoderName

PLACEHOLDERS = frozenset(
    "changeme change-me change_me replace-me replaceme secret password token example placeholder todo "
    "your-token-here your-secret-here 123:abc xxx".split()
)
SECRETS = ("telegram_token", "webhook_secret", "metrics_token")
"""Each may stand in a file instead, and none may hold a placeholder."""


class Settings(BaseSettings):
    """Every name is read as BOT_NAME; secrets may stand in a file named by BOT_NAME_FILE."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_file=".env", env_ignore_empty=True, extra="ignore")

    place: str = "braunstone"
    places_folder: Path | None = None
    database_url: str = "sqlite:///var/bot.sqlite3"
    database_password_file: Path | None = None
    """Its password, where that shall not stand in the address."""
    keys_file: Path | None = None
    erased_file: Path | None = None
    """Who was erased, by keyed hashes, for a backup that is put back; else beside the key file."""
    index_folder: Path = Path("var/index")
    backup_folder: Path | None = None
    encoder: EncoderName = "tuned"
    """What turns sentences into vectors: tuned on our corpus, general, or static for a machine with little memory."""
    telegram_token: SecretStr | None = Field(
        default=None, validation_alias=AliasChoices("TELEGRAM_BOT_TOKEN", "BOT_TELEGRAM_TOKEN", "telegram_token")
    )
    telegram_token_file: Path | None = None
    telegram_api: str = "https://api.telegram.org"
    telegram_mode: Literal["polling", "webhook"] = "polling"
    webhook_path: str | None = None
    webhook_secret: SecretStr | None = None
    webhook_secret_file: Path | None = None
    metrics: bool = False
    """Figures for Prometheus at /metrics, for this machine alone unless there is a token."""
    metrics_token: SecretStr | None = None
    metrics_token_file: Path | None = None
    public_url: str | None = None
    role: Literal["all", "web"] = "all"
    """Everything in one process; or the web alone, where `bot worker` does the rest."""
    turns_at_once: int = Field(default=64, ge=1)
    """Beyond so many in hand, a process asks Telegram and the web chat to come again in a moment."""
    messages_a_minute: int = Field(default=30, ge=0)
    """Of one chat; beyond so many it is asked to wait. 0: no limit."""
    host: str = "127.0.0.1"
    port: int = 8000
    forwarded_allow_ips: str = Field(
        default="127.0.0.1",
        validation_alias=AliasChoices("FORWARDED_ALLOW_IPS", "BOT_FORWARDED_ALLOW_IPS", "forwarded_allow_ips"),
    )
    """The proxies that are believed; the name without BOT_ is the web server's own."""
    demonstration: bool = False

    @property
    def proxies(self) -> list[str]:
        """The addresses and networks of the proxies that are believed."""
        return [one.strip() for one in self.forwarded_allow_ips.split(",") if one.strip()]

    @field_validator("forwarded_allow_ips")
    @classmethod
    def _some(cls, said: str) -> str:
        for one in said.split(","):
            if one.strip() and not is_some(one.strip()):
                raise ValueError(
                    f"FORWARDED_ALLOW_IPS holds {one.strip()}: give the addresses or networks of your own proxies, "
                    "for with * anybody could say that they are somebody else"
                )
        return said

    @model_validator(mode="after")
    def _secrets(self) -> Settings:
        for name in SECRETS:
            self._read(name)
        if self.database_password_file is not None:
            password = self.database_password_file.read_text(encoding="utf-8").strip()
            self.database_url = with_password(self.database_url, password)
        if is_placeholder(urlsplit(self.database_url).password or ""):
            raise ValueError("database_url still holds a placeholder as its password: put the real one in")
        if self.telegram_mode == "webhook" and self.telegram_token and not (self.webhook_path and self.webhook_secret):
            raise ValueError("the webhook needs BOT_WEBHOOK_PATH and BOT_WEBHOOK_SECRET: `bot webhook new` makes both")
        if self.metrics and self.public_url and not self.metrics_token:
            raise ValueError("BOT_METRICS beside BOT_PUBLIC_URL needs BOT_METRICS_TOKEN, or a proxy would show them")
        return self

    def _read(self, name: str) -> None:
        """A secret from its file, if it stands in one. Raises ValueError for one that nobody has put in."""
        value: SecretStr | None = getattr(self, name)
        file: Path | None = getattr(self, f"{name}_file")
        if value is None and file is not None:
            held = file.read_text(encoding="utf-8").strip()
            value = SecretStr(held) if held else None  # an empty file: not used
            setattr(self, name, value)
        if value is not None and is_placeholder(value.get_secret_value()):
            raise ValueError(f"{name} still holds a placeholder: put the real one in, or leave it out")


def is_some(proxy: str) -> bool:
    """Is it an address or a network, and not everybody?"""
    try:
        return ipaddress.ip_network(proxy).prefixlen > 0
    except ValueError:
        return False


def is_placeholder(secret: str) -> bool:
    """Does it stand for a secret that nobody has put in yet?"""
    folded = secret.strip().casefold()
    return folded in PLACEHOLDERS or (folded.startswith("<") and folded.endswith(">"))


def with_password(url: str, password: str) -> str:
    """`postgresql://name@host/…` with the password put in; an address that has one keeps it."""
    parts = urlsplit(url)
    name, at, host = parts.netloc.rpartition("@")
    if not at or ":" in name:
        return url
    return urlunsplit(parts._replace(netloc=f"{name}:{quote(password, safe='')}@{host}"))
