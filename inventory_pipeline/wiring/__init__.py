"""THE COMPOSITION ROOT: settings become stores, connectors, clock and mailer.

The command line, Dagster and the tests call the same functions here.
"""
