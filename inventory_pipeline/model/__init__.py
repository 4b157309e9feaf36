"""THE WORDS: what the rooms say to each other. No I/O; stdlib and polars only."""
