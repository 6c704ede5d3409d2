"""What the bot's work shows: counts kept as it goes, published so that no single person can be seen in them."""
