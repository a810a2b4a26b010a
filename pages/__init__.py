"""What one sees: one folder an audience, one file a page, at the path of its URL."""
