"""DRIFTBENCH: labelled faults in simulated shops, run through the real pipeline, and scored.

``plan`` says which shops, ``truth`` reads what was done to them, ``shop`` runs one and writes
down what was said, ``rivals`` holds the simple ways we must beat, ``scores`` counts, ``page``
tells. Development seeds are public. Acceptance seeds come from the version; of their labels
only totals are ever shown, so that nobody can tune to one of them.
"""
