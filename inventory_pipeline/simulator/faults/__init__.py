"""The faults: one way each in which what a system hears, holds or writes goes wrong.

A fault chooses its goods from its own random stream, does its harm at a known hour, and
remembers the ids that prove it. It never touches the clean twins.
"""
