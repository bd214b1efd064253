"""What agents do: their inbox, a conversation with everything around it, and the turns they make in it."""
