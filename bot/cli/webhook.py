"""`bot webhook`: Telegram by webhook instead of polling. Set once, not at every start."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import Awaitable, Callable

import typer
from telegram import Bot

from bot.channels.telegram.polling import ALLOWED_UPDATES
from bot.channels.telegram_http import AiohttpRequest
from bot.errors import CommandFault
from bot.settings import Settings

app = typer.Typer(help="Telegram by webhook.", no_args_is_help=True)


@app.command()
def new() -> None:
    """Print a fresh path and secret for the settings.

    Example: bot webhook new >> .env
    """
    typer.echo(f"BOT_TELEGRAM_MODE=webhook\nBOT_WEBHOOK_PATH={secrets.token_urlsafe(24)}")
    typer.echo(f"BOT_WEBHOOK_SECRET={secrets.token_urlsafe(32)}")


@app.command("set")
def set_() -> None:
    """Tell Telegram where to send updates.

    Example: bot webhook set
    """
    settings = Settings()
    if not (settings.public_url and settings.webhook_path and settings.webhook_secret):
        raise CommandFault(why="Set BOT_PUBLIC_URL, BOT_WEBHOOK_PATH and BOT_WEBHOOK_SECRET first: bot webhook new.")
    address = f"{settings.public_url.rstrip('/')}/telegram/{settings.webhook_path}"
    secret = settings.webhook_secret.get_secret_value()
    asyncio.run(
        _with_bot(settings, lambda bot: bot.set_webhook(address, secret_token=secret, allowed_updates=ALLOWED_UPDATES))
    )
    typer.echo("Telegram sends its updates to the webhook now.")


@app.command()
def delete() -> None:
    """Go back to polling.

    Example: bot webhook delete
    """
    asyncio.run(_with_bot(Settings(), lambda bot: bot.delete_webhook()))
    typer.echo("The webhook is gone; polling works again.")


async def _with_bot(settings: Settings, work: Callable[[Bot], Awaitable[bool]]) -> None:
    if settings.telegram_token is None:
        raise CommandFault(why="Set TELEGRAM_BOT_TOKEN first.")
    token = settings.telegram_token.get_secret_value()
    base = f"{settings.telegram_api}/bot"
    async with Bot(token, base_url=base, request=AiohttpRequest(), get_updates_request=AiohttpRequest()) as bot:
        await work(bot)
