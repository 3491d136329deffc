"""The packs: one document of law in each TOML file."""
