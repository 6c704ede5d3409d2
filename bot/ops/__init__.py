"""What keeps a deployment in hand: copies of its database, its move to PostgreSQL, and a doctor that looks at it."""
