"""How well messages are understood: labelled messages in, figures out. Nothing here is used to answer anybody."""
