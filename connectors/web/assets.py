"""Where the web channel's files are."""

from pathlib import Path

_HERE = Path(__file__).parent

WIDGET = _HERE / "static" / "widget.js"
STATUS = _HERE / "static" / "status.html"
"""What the server shows at its address when it serves no demo shop."""
DEMO = _HERE / "demo"
"""The demo shop's page: index.html and what it loads from /shop/."""
