"""The inside schema, change by change."""
