"""Text in, numbers out: themes, trends and participation."""
