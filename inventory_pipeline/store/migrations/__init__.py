"""Numbered SQL files that make the tables of the two stores."""
