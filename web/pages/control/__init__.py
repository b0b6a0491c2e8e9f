"""The control room of a jam: what facilitators see and do."""
