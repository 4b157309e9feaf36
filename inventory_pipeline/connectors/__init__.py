"""THE DOORS TO OUTSIDE: how each kind of system is read, and nothing about what it means.

Here: the network, files, other people's databases, vendor words. Not here: our items and
units (``ingest``), and anything that writes to a system outside.
"""
