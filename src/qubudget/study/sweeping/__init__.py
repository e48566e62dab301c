"""A design at many points, into a labelled store that survives crashes."""
