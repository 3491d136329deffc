"""Plan rules: what the proposals of a file and the rights that exist come to together."""
