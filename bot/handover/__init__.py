"""From the bot to a person and back: when, with what, how long it takes, and what comes after."""
