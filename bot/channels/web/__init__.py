"""The web chat: pages that work as plain forms, a small script that makes them quicker, and the council's embed."""
