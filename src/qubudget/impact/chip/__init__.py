"""A design's chip that answers deposits, with or without phonon transport."""
