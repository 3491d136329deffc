"""Floor 3, engine: the state of every condition at places, exactly, with the plain libraries."""
