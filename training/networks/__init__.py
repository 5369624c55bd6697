"""One file an architecture, written from the papers."""
