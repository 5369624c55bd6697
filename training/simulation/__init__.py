"""Replay of labels that are known already, to measure how much work a way of choosing clips saves.

Nobody is asked: the labels of a project (or the truth of generated recordings) answer every query, as an
annotator would. The animal that is tested is never asked about.
"""
