"""The closed vocabulary as data."""
