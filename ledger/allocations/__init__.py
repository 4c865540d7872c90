"""Allocations: promised by a document, released, arrived, spent, given back, lapsed."""
