"""From the edges of an arrangement to polygons: joined over cells, traced, measured, simplified."""
