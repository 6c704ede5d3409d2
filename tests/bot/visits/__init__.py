"""Home visits on both databases."""
