"""The engine of plain libraries: slow, and what the fast one is compared with."""
