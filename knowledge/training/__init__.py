"""How the weights are made: `make train`. Never imported by the bot, and needed by neither run nor test.

It reads the corpus, tunes the sentence encoder on it, and writes knowledge/encoder/weights and what is fitted on top.
Its libraries (PyTorch above all) live in a virtual environment of their own, from requirements.txt beside this file.
"""
