"""Verifying what is sealed and published: the auditor's script, and books without a registry."""
