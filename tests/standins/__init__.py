"""Stand-ins for the platforms Docent talks to: real HTTP on this host, no account, no network."""
