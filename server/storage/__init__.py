"""The inside store: the only SQL for it. Rows never leave this room; domain objects do."""
