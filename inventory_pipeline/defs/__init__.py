"""THE ROOF: the only place with dagster, beside definitions.py. It connects; it decides nothing.

Every asset calls one function of ``wiring`` and reports what came of it. What runs when stands
in ``schedules`` and ``sensors``, what a person sees of it in ``metadata`` and ``checks``.
"""
