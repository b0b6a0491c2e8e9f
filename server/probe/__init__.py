"""The leak self-test: canaries inside, and every door of our own edge asked for them, as strangers would ask."""
