"""Chaos: the real bot in processes of its own, people who write to it, and somebody who breaks things meanwhile."""
