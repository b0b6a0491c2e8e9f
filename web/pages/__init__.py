"""The pages of the inside: one file for each family, each calling services only."""
