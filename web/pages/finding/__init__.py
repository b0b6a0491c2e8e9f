"""Finding: search, who knows, what was answered already, catching up, following, feeds, people."""
