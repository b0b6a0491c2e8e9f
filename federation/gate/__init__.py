"""The only code that sees both stores. Outward: decide, render, redact, scan, freeze. Inward: decide, parse, admit."""
