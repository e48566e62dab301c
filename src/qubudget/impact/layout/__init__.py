"""Films drawn on the faces of a chip."""
