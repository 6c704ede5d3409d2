"""Delivery: what waits in the outbox goes out, at least once, in order per chat."""
