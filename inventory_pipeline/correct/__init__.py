"""ROOM 5: put it right, exactly once.

What belongs here: deciding whether somebody's stock may be changed, and remembering what
was done. Today the room proposes; it changes nothing outside.
"""
