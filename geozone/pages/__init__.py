"""Floor 5, pages: tables, notice and web map."""
