"""The console of the team at /staff: pages made on the server, which work without JavaScript."""
