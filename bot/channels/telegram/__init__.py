"""Telegram: python-telegram-bot's types and Bot; our own loop and route, which acknowledge only after the commit."""
