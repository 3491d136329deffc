"""What files hold, read by format and before any check."""
