"""A subtree of units as one: cells in Parquet, sums in SQL, eliminations with a list of their own.

Management information, no statutory consolidation: every output says so.
"""
