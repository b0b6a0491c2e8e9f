"""Themes by hand: the analyst's tools, and the ideas behind a theme."""
