"""Home visits as they are kept: held, booked, moved, ended."""
