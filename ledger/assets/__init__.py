"""Fixed assets: what they are, who keeps them, what they are worth, and how they leave."""
