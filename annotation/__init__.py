"""Video, ethogram, label tracks, edits, project store and label formats: no Qt, no torch."""
