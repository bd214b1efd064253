"""What somebody wrote in a letter themselves: without what they quote, and without the signature below."""

import re

_ATTRIBUTION = re.compile(
    r"(?:On\b.{6,300}\bwrote|(?:在|于|於)?.{4,300}(?:写道|寫道)|.{4,300}<[^<>\s]+@[^<>\s]+>\s*(?:wrote|于.{4,60}写道))\s*[:：]",
    re.IGNORECASE | re.DOTALL,
)
"""The line before what is quoted, which mail programs break in two or three."""
_MOST_LINES = 3
_DIVIDER = re.compile(
    r"-{2,}\s*(?:original message|original|forwarded message|replied message|(?:回复的)?(?:原始)?(?:原)?邮件|转发的?邮件|原始郵件"
    r"|原始信件)\s*-{2,}|begin forwarded message[:：]|[_＿]{20,}",
    re.IGNORECASE,
)
_HEAD = re.compile(r"[*>]*(?:from|发件人|寄件者|寄件人)\s*[:：]\*?\s*\S", re.IGNORECASE)
_HEAD_GOES_ON = re.compile(
    r"\*?(?:sent|date|to|cc|subject|发送时间|发送日期|日期|时间|收件人|抄送|主题|傳送時間|收件者|主旨)\s*[:：]",
    re.IGNORECASE,
)
_DEVICE = r"(?:iphone|ipad|手机|邮箱|邮件|大师|客户端|平板|outlook|android|galaxy|phone|mail|mobile|device)"
_PROGRAM = re.compile(
    rf"sent from .{{0,20}}{_DEVICE}.{{0,20}}|get outlook for .{{1,20}}|获取.{{0,10}}outlook.{{0,12}}"
    rf"|(?:发自|发送自|来自)\s?.{{0,16}}{_DEVICE}(?: for .{{1,12}})?|从我的.{{0,16}}{_DEVICE}\s?(?:上)?发送",
    re.IGNORECASE,
)
"""What phones and mail programs say of themselves."""


def own_words(text: str) -> str:
    """Empty when everything is quoted."""
    lines = [line.replace("\xa0", " ").strip() for line in text.splitlines()]
    kept, number = list[str](), 0
    while number < len(lines):
        if _others_from_here(lines, number):
            break
        if length := _attribution(lines, number):
            number += length
            if not _next_written(lines, number).startswith(">"):
                break
            continue  # what is quoted is marked line by line, and an answer may stand below it
        if not lines[number].startswith(">"):
            kept.append(lines[number])
        number += 1
    return re.sub(r"\n{3,}", "\n\n", "\n".join(_unsigned(kept))).strip()


def _others_from_here(lines: list[str], number: int) -> bool:
    """Another letter begins: a divider, or the head of one."""
    line = lines[number]
    if _DIVIDER.fullmatch(line):
        return True
    following = [one for one in lines[number + 1 : number + 7] if one]
    return bool(_HEAD.match(line)) and sum(bool(_HEAD_GOES_ON.match(one)) for one in following) >= 2


def _attribution(lines: list[str], number: int) -> int:
    """Of how many lines it is; 0: here is none."""
    if not lines[number]:
        return 0
    for length in range(1, _MOST_LINES + 1):
        part = lines[number : number + length]
        if not all(part) or any(one.startswith(">") for one in part):
            return 0
        if _ATTRIBUTION.fullmatch(" ".join(part)):
            return length
    return 0


def _next_written(lines: list[str], number: int) -> str:
    return next((line for line in lines[number:] if line), "")


def _unsigned(lines: list[str]) -> list[str]:
    """Without what follows `--`, nor what a program says of itself at the end."""
    if "--" in lines:
        lines = lines[: lines.index("--")]
    while lines and (not lines[-1] or _PROGRAM.fullmatch(lines[-1])):
        lines = lines[:-1]
    return lines
