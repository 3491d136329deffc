"""Layers that were read and checked, kept on disk, so that a project opens fast again."""
