"""Floor 0, law: the frozen values that every other floor speaks in."""
