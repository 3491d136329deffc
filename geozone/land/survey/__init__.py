"""Survey texts: 界址点 TXT, corner tables, angles."""
