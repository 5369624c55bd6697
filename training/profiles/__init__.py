"""What results say about the animals: time budgets, bouts, transitions, day and night."""
