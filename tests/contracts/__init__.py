"""Service contracts, decisions on major items, base statistics."""
