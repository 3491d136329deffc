"""Floor 2, land: layers and proposals, read, checked and brought to one CRS."""

import os

from geozone.land.environment import cleared

CLEARED = cleared(os.environ)
"""Settings of another PROJ or GDAL that were set: out before any library here is loaded."""
