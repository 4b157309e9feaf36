"""ROOM 1: take in what each system says, untouched (landing), then in our words.

What belongs here: their id or unit turned into ours, a row rejected, a snapshot judged
whole or not. What does not: comparing two systems.
"""
