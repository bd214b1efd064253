"""The people who answer: who they are, what they may, and what the console keeps for them."""
