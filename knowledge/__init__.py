"""What the bot knows: text in, ranked answers out. No SQL, no HTTP, no settings, no clock of its own."""
