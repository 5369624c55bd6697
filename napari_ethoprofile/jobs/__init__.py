"""Training jobs beside the window: started, watched, stopped, found again."""
