"""Who may do what: roles, tokens for machines, sign-in links and sessions for people."""
