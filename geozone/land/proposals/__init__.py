"""Proposals: rows of any file, their places, facts and activities."""
