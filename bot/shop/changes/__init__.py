"""What can be changed in a shop: requests, the policy's say, and what a change comes to."""
