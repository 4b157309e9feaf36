"""THE CELLAR: the only place with duckdb and sqlite3. Two stores, each for what it is good at.

``warehouse`` holds what can be computed again; ``journal`` holds what we did.
"""
