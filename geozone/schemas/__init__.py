"""JSON schemas of project, pack, proposals and result."""
