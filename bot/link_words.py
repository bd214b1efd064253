"""Codes that carry a conversation to another channel, and the words by which shoppers ask for that."""

import re
import secrets
import unicodedata

# Not KF, as receipts have it.
_LETTERS = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
"""No 0 and O, 1 and I and L, U and V that are taken for each other. Eight of them: 39 bits."""
_CODE = re.compile(
    r"(?<![A-Za-z0-9])JX[\s–—-]?(?=[A-Z\s–—-]{0,9}\d)([A-Z0-9]{4})[\s–—-]?([A-Z0-9]{4})(?![A-Za-z0-9])",
    re.IGNORECASE,
)
MASK = "JX-••••-••••"
_LONGEST = 60
"""Characters; in a longer message the words are about something else."""
_PLACES = (
    r"微信|公众号|企业微信|钉钉|飞书|手机|短信|(?:别的|其他|另一?个)(?:渠道|地方|平台|软件|app)"
    r"|whats\s?app|telegram|messenger|facebook|we\s?chat|line|slack|discord|feishu|lark|dingtalk"
    r"|(?:my )?phone|another (?:channel|app|place)|(?:some)?where else"
)
_WEB = r"网页|网站|网上|浏览器|电脑|官网|(?:the |your )?(?:web ?site|web ?page|web|browser)|(?:my )?(?:computer|laptop|desktop)"
_ZH = r"(?:{places})(?:上|里|端|版|那边)?(?:继续|接着|再)(?:聊|说|谈|问|沟通)|(?:换|转|挪)(?:到|去)(?:{places})(?:上|里|端)?(?:继续|接着|聊|说|吗|\W*$)"
_EN = (
    r"\b(?:continue|carry on|go on|keep (?:talking|chatting|going)|pick (?:this|it) up|move|switch|talk|chat)\b"
    r"(?: (?:this|it|chat|chatting|talking|the (?:chat|conversation)|our (?:chat|conversation)|with you|over))*"
    r" (?:on|to|in|via|over|from) (?:{places})\b"
)


def _asks_for(places: str) -> re.Pattern[str]:
    return re.compile("|".join((_ZH, _EN)).replace("{places}", places), re.IGNORECASE)


_ELSEWHERE, _ON_THE_WEB = _asks_for(_PLACES), _asks_for(_WEB)
_DISCONNECTS = re.compile(
    r"(?:请|帮我|把)?(?:断开|解绑|解除(?:绑定|连接)|断开(?:连接|绑定|{0})|(?:{0})(?:那边)?断开)[了吧]?|disconnect|unlink".replace(
        "{0}", "微信|网页|telegram|whatsapp|line"
    ),
    re.IGNORECASE,
)

_ME = re.compile(
    r"(?:是|就是)我(?:本人)?的?|接着聊|(?:(?:yes,? )?(?:it'?s|that'?s|it is|that is) me)|continue here",
    re.IGNORECASE,
)
_NOT_ME = re.compile(r"不是我(?:本人)?|(?:no,? )?(?:it'?s |that'?s )?not me|wasn'?t me", re.IGNORECASE)


def new_code() -> str:
    """With a digit in it, by which a code is told from words."""
    while True:
        letters = "".join(secrets.choice(_LETTERS) for _ in range(8))
        if any(letter.isdigit() for letter in letters):
            return f"JX-{letters[:4]}-{letters[4:]}"


def code_in(text: str) -> tuple[str, str] | None:
    """The code in a message, as `plain` has it, and the message without it; one mistyped counts, too."""
    text = unicodedata.normalize("NFKC", text)
    match = _CODE.search(text)
    return (plain(match[0]), _CODE.sub(MASK, text)) if match else None


def plain(code: str) -> str:
    """Letters and digits only, as the digest is made of."""
    return "".join(letter for letter in code.upper() if letter.isascii() and letter.isalnum())


def asks_for_elsewhere(text: str) -> bool:
    """ "能在微信上继续聊吗", "can I continue on WhatsApp?" """
    return len(text) <= _LONGEST and bool(_ELSEWHERE.search(text))


def asks_for_web(text: str) -> bool:
    """ "继续在网页聊", "can we move to the website" """
    text = re.sub(r"(?:继续|接着)(?:在|到)(.{2,6}?)(聊|说)", r"\1继续\2", text)
    return len(text) <= _LONGEST and bool(_ON_THE_WEB.search(text))


def disconnects(text: str) -> bool:
    """Nothing but that."""
    return bool(_DISCONNECTS.fullmatch(_bare(text)))


def says_me(text: str) -> bool:
    """Asked whether it is them: yes, in as many words."""
    return bool(_ME.fullmatch(_bare(text)))


def says_not_me(text: str) -> bool:
    return bool(_NOT_ME.fullmatch(_bare(text)))


def _bare(text: str) -> str:
    return text.replace("’", "'").strip(" \n\t,，。.!！~～")
