"""Home visits as content and rules: what is asked, what it weighs, when there is time."""
