"""Channels: each parses what came in, renders what goes out, and sends. None knows the store."""
