"""The site of the latest published version: its page, its paper and its answers."""
