"""Loops compiled by numba; loaded only by what asks whole grounds, not single proposals."""
