"""The agents' console over HTTP: a cookie says who asks, a role who may, one table which route is for whom."""
