"""kefu eval."""
