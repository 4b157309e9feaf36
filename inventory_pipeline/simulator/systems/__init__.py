"""The systems: what each one believes, from what it was told. None of them sees the truth.

Every system exists twice: the actual one, which suffers the faults, and a clean twin that
hears the same shop without them. The difference between the two is the label.
"""
