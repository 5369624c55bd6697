"""Per-frame descriptors of recordings, behind one registry."""
