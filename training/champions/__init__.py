"""Which model is the current one: a challenger takes its place only if it is not worse."""
