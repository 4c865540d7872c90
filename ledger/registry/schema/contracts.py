"""Service contracts, and major items with their decisions."""
