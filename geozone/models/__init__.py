"""Suitability models that come with geozone; a model of one's own extends one of them."""
