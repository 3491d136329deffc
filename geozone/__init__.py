"""geozone: geothermal siting in China, from layers and dated policies to verdicts with reasons."""
