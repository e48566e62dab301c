"""What makes those pages of the documentation that come from the package."""
