"""The JSON API of the inside address: one table of routes, from which routing, validation and OpenAPI come."""
