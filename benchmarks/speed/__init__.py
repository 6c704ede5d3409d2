"""What an update costs, from the webhook to the reply, beside python-telegram-bot's own echo bot.

    python -m benchmarks.speed [--updates 4000]

Every bot is a process of its own, on one core; the one that writes to it and the Bot API that it answers to share
another process, on the other core.
"""
