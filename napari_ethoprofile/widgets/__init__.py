"""Docks and dialogs: one file each. They show the session and emit requests; none holds state it owns."""
