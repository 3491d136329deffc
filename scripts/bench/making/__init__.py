"""Ground made for benchmarks: seeded shapes, and the files of a project."""
