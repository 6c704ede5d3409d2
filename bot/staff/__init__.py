"""What staff do to keep it true: editing, reviewing, signing in, and who did what. Pages and commands call it."""
