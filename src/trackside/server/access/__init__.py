"""Who may do what: people, sessions, tokens, roles."""
