"""Where the web channel's files are."""

from pathlib import Path

_HERE = Path(__file__).parent

WIDGET = _HERE / "static" / "widget.js"
ELSEWHERE = _HERE / "static" / "elsewhere.js"
"""What the widget loads for those who go on on another channel."""
CONTINUE = _HERE / "static" / "continue.html"
"""Where links lead by which a conversation goes on on the web."""
STATUS = _HERE / "static" / "status.html"
"""What the server shows at its address when it serves no demo shop."""
DEMO = _HERE / "demo"
"""The demo shop's page: index.html and what it loads from /shop/."""
