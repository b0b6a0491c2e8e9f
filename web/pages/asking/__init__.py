"""Asking the crowd: polls, ratings, statements, host hours, rooms, and words entered for others."""
