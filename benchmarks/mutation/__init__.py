"""Mutation testing: small faults are put into ``diagnose`` and ``reconcile``; tests must notice."""
