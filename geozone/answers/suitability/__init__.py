"""Where it is best, only where it is lawful: factors scored, weighed and closed by the zones."""
