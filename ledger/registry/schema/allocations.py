"""Allocations: promised, released, arrived, returned, lapsed."""
