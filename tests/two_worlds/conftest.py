"""What both worlds are made from, once."""

from tests.federation.conftest import blank_organisation, foreign_keys, key_pairs

__all__ = ["blank_organisation", "foreign_keys", "key_pairs"]
