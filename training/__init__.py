"""Models that learn from corrected labels: torch lives here, imported late; no Qt."""
