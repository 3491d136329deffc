"""What suitability is judged by: rasters and shapes as values on a grid, tile by tile."""
