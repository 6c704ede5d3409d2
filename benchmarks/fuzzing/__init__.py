"""Damaged inputs at every parser and decoder that reads what strangers, colleagues or other programs send."""
