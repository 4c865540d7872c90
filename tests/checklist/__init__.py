"""Tests of the checklist of a closing."""
