"""The boundary console: rules, what waits, who holds what, partners. One file for each page."""
