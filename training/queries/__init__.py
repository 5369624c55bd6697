"""What to label next: units of unlabeled recordings, and strategies that choose among them."""
