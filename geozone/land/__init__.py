"""Floor 2, land: layers and proposals, read, checked and brought to one CRS."""
