"""What WeChat, WeCom and (for its envelopes) DingTalk have in common; no channel of its own."""
