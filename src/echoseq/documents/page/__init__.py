"""The page: one HTML file, with networks that compute in it, charts and answers."""
