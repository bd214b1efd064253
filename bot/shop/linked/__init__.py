"""Somebody else's shop: a copy of it, kept fresh, and changes carried out where they count."""
