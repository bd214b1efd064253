"""Two ways to the person: the conversation's own address while it holds, else the robot's interface."""

import json
from typing import Any
from urllib.parse import urlsplit

from aiohttp import ClientSession

from connectors.calling import Refused, call
from connectors.channel import Payload, RetryLater, Undeliverable
from connectors.tokens import AccessToken

_OURS = "dingtalk.com"
_TOO_FAST = 130101
_SYSTEM_BUSY = -1
_BUSY_SECONDS = 60.0
_NONE_GOT_SECONDS = 60.0
_OUTSIDER = "$:"
"""How ids of people outside the company begin."""


class Api:
    def __init__(
        self, http: ClientSession, base: str, app_key: str, app_secret: str, robot_code: str
    ) -> None:
        self._http, self._base, self._robot = http, base.rstrip("/"), robot_code
        self._credentials = {"appKey": app_key, "appSecret": app_secret}
        self._token = AccessToken(self._fetch_token)

    def is_theirs(self, url: str) -> bool:
        """Whether it is DingTalk's address: a message may name any."""
        try:
            parts, base = urlsplit(url), urlsplit(self._base)
            if (parts.scheme, parts.hostname, parts.port) == (base.scheme, base.hostname, base.port):
                return True
            host = parts.hostname or ""
            return parts.scheme == "https" and parts.port in (None, 443) and host.endswith(f".{_OURS}")
        except ValueError:
            return False

    async def answer(self, url: str, payload: Payload) -> None:
        """
        Raises:
            RetryLater, Undeliverable: as they say; the address may have ended.
        """
        if not self.is_theirs(url):
            raise Undeliverable("not an address of DingTalk")
        answer = await call(self._http, "POST", url, json_body=_for_hook(payload))
        code = answer.get("errcode", 0)
        if code in (_TOO_FAST, _SYSTEM_BUSY):
            raise RetryLater(f"errcode {code}", seconds=_BUSY_SECONDS)
        if code != 0:
            raise Undeliverable(f"errcode {code}: {str(answer.get('errmsg', ''))[:200]}")

    async def tell(self, staff_id: str, payload: Payload) -> None:
        """
        Raises:
            RetryLater, Undeliverable: as they say.
        """
        if staff_id.startswith(_OUTSIDER):
            raise Undeliverable(
                "only colleagues can be written to once their conversation's address has ended"
            )
        kind, parameters = _for_robot(payload)
        body = {
            "robotCode": self._robot,
            "userIds": [staff_id],
            "msgKey": kind,
            "msgParam": json.dumps(parameters, ensure_ascii=False),
        }
        answer = await self._call("/v1.0/robot/oToMessages/batchSend", body)
        if answer.get("invalidStaffIdList"):
            raise Undeliverable("no such colleague")
        if answer.get("flowControlledStaffIdList"):
            raise RetryLater("flow control", seconds=_BUSY_SECONDS)

    async def photo_address(self, code: str) -> str:
        """
        Raises:
            RetryLater, Undeliverable: as they say.
        """
        body = {"downloadCode": code, "robotCode": self._robot}
        answer = await self._call("/v1.0/robot/messageFiles/download", body)
        url = answer.get("downloadUrl")
        if not isinstance(url, str):
            raise Undeliverable("no such photo")
        return url

    async def _call(self, path: str, body: Payload) -> dict[str, Any]:
        token = await self._token.get()
        try:
            return await self._post(path, body, token)
        except Refused as error:
            if error.status != 401 and b"InvalidAuthentication" not in error.content:
                if b"hrottling" in error.content or b"too.fast" in error.content:
                    raise RetryLater(str(error), seconds=_BUSY_SECONDS) from error
                raise
        self._token.forget(token)
        try:
            return await self._post(path, body, await self._token.get())
        except Refused as error:
            raise RetryLater(str(error)) from error

    async def _post(self, path: str, body: Payload, token: str) -> dict[str, Any]:
        headers = {"x-acs-dingtalk-access-token": token}
        return await call(self._http, "POST", self._base + path, json_body=body, headers=headers)

    async def _fetch_token(self) -> tuple[str, float]:
        try:
            url = f"{self._base}/v1.0/oauth2/accessToken"
            answer = await call(self._http, "POST", url, json_body=self._credentials)
            return str(answer["accessToken"]), float(answer["expireIn"])
        except (Undeliverable, KeyError, TypeError, ValueError) as error:
            # No fault of the message, and can be mended.
            raise RetryLater("no access token", seconds=_NONE_GOT_SECONDS) from error


def _for_hook(payload: Payload) -> Payload:
    if "markdown" not in payload:
        return {"msgtype": "text", "text": {"content": payload["text"]}}
    shown = {"title": payload["title"], "text": payload["markdown"]}
    if not payload["buttons"]:
        return {"msgtype": "markdown", "markdown": shown}
    buttons = [{"title": label, "actionURL": address} for label, address in payload["buttons"]]
    return {"msgtype": "actionCard", "actionCard": {**shown, "btnOrientation": "0", "btns": buttons}}


def _for_robot(payload: Payload) -> tuple[str, Payload]:
    """Kind and parameters; there is a kind for every number of buttons up to five."""
    if "markdown" not in payload:
        return "sampleText", {"content": payload["text"]}
    shown = {"title": payload["title"], "text": payload["markdown"]}
    buttons = payload["buttons"]
    if not buttons:
        return "sampleMarkdown", shown
    if len(buttons) == 1:
        ((label, address),) = buttons
        return "sampleActionCard", {**shown, "singleTitle": label, "singleURL": address}
    for number, (label, address) in enumerate(buttons, 1):
        shown |= {f"actionTitle{number}": label, f"actionURL{number}": address}
    return f"sampleActionCard{len(buttons)}", shown
