"""ROOM 6: tell people. One honest summary a day, one notice per trouble, one outside witness.

Here words are chosen for a person. Nothing here judges a number, explains it or changes it.
"""
