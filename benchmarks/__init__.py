"""Measurements on public data, beside published ones. Not part of the bot."""
