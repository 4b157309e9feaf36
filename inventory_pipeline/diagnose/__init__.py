"""Room 4, diagnose: says *because*. It reads what the rooms before it wrote and changes no stock.

A case is one open gap with everything that may explain it. Every cause looks at a case and
makes claims; the verdict is the claim, or the few claims, that account for the gap exactly.
"""
