"""Strangers' files: read in a child process that may only read and tell."""
