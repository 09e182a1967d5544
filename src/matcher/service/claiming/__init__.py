"""Claims: by links without an account, from comments, under rush, and screened."""
