"""Coordinate systems: what is taken, what is odd, and the only ways between them."""
