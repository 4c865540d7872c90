"""What has to be made public, by when, and what was."""
