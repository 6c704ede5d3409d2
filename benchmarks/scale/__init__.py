"""A million questions of a hundred thousand chats: what the numbers cost then."""
