"""python-telegram-bot's echo bot as its documentation has it: its own webhook server, its default HTTP client.

python -m benchmarks.speed.echo API PORT
"""

from __future__ import annotations

import logging
import sys

from telegram import Update
from telegram.ext import Application, ContextTypes, MessageHandler, filters

from benchmarks.speed.bot_api import TOKEN
from benchmarks.speed.children import PATH, SECRET

logging.disable(logging.CRITICAL)


async def echo(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
    """Say the same."""
    if update.message is not None and update.message.text is not None:
        await update.message.reply_text(update.message.text)


def main() -> None:
    """Serve until stopped."""
    api, port = sys.argv[1:]
    app = Application.builder().token(TOKEN).base_url(f"{api}/bot").build()
    app.add_handler(MessageHandler(filters.TEXT & ~filters.COMMAND, echo))
    app.run_webhook(
        "127.0.0.1", int(port), url_path=f"telegram/{PATH}", secret_token=SECRET,
        webhook_url=f"https://bot.test/telegram/{PATH}",
    )  # fmt: skip


if __name__ == "__main__":
    main()
