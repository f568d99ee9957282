"""The clocks that run: what falls due, what is awaited, and what one person alone has put in force."""
