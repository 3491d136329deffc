"""Layers of a project: their tables, read, checked and joined into ground."""
