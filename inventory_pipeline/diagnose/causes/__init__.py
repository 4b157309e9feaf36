"""The causes: one file each, one function from a case to claims. A cause never sees another."""
