"""The conversation: what to say and what should happen. It sends nothing and stores nothing; `bot` does."""
