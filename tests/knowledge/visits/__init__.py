"""Home visits, told as residents and officers meet them."""
