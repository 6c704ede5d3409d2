"""Settings from the environment or an `.env` file, read once at start. Each is explained in docs/deploying.md."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from knowledge.encoder import EncoderName

PLACEHOLDERS = frozenset({"changeme", "change-me", "secret", "your-token-here", "123:abc", "xxx"})


class Settings(BaseSettings):
    """Every name is read as BOT_NAME; secrets may stand in a file named by BOT_NAME_FILE."""

    model_config = SettingsConfigDict(env_prefix="BOT_", env_file=".env", extra="ignore")

    place: str = "braunstone"
    places_folder: Path | None = None
    database_url: str = "sqlite:///var/bot.sqlite3"
    keys_file: Path | None = None
    index_folder: Path = Path("var/index")
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
    public_url: str | None = None
    host: str = "127.0.0.1"
    port: int = 8000
    demonstration: bool = False

    @model_validator(mode="after")
    def _secrets(self) -> Settings:
        if self.telegram_token is None and self.telegram_token_file is not None:
            self.telegram_token = SecretStr(self.telegram_token_file.read_text(encoding="utf-8").strip())
        for name in ("telegram_token", "webhook_secret"):
            value: SecretStr | None = getattr(self, name)
            if value is not None and value.get_secret_value().casefold() in PLACEHOLDERS:
                raise ValueError(f"{name} still holds a placeholder: put the real one in, or leave it out")
        if self.telegram_mode == "webhook" and self.telegram_token and not (self.webhook_path and self.webhook_secret):
            raise ValueError("the webhook needs BOT_WEBHOOK_PATH and BOT_WEBHOOK_SECRET: `bot webhook new` makes both")
        return self
