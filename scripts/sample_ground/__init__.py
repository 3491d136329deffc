"""The sample ground: seeded synthetic layers on real public ground."""
