"""The words of a jam as types: pure, without I/O, clock or randomness of their own."""
