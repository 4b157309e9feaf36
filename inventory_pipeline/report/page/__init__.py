"""The page: a summary put into words once, so that every rendering says the same."""
