"""Invented people at real places, to try the product with."""
