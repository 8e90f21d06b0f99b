"""Deeds, proven on both databases."""
