"""Retraining as a job: a folder in, a model out; in the foreground, beside a window, or on a cluster."""
