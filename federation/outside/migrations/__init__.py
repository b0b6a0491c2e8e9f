"""The outside schema, change by change."""
