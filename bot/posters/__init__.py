"""Posters and leaflets, ready to print: A4, or two A5 on an A4 to cut."""
