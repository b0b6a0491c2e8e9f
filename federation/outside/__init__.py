"""The outside store: all that outsiders may receive, all that they sent, and how deliveries stand.

What crosses is written by the gate alone; the edge reads it and keeps its own books beside it.
"""
