"""Tests of the year's end."""
