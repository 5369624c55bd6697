"""The agreement report: the numbers as plain data, as JSON, CSV, HTML and figures."""
