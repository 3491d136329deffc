"""Shapes: what is refused, the little that is repaired, and what is remarked on."""
