"""An address written in Chinese: 省市区街道, a name before, behind or between."""

import re

from intents.address_parts import AddressParts
from intents.places import CITIES, MUNICIPALITIES, PROVINCES

_SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖萧田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤常温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛靳管柴蒙鲍华喻祁蒲房滕屈饶解牟艾尤阳时穆农司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗瞿桂全佟应臧闵苟邬边卞姬师和仇栾隋商刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝"
    "張劉陳楊黃趙吳孫馬鄭謝許韓馮鄧蕭蔣葉蘇呂盧鍾譚陸範賈韋鄒龍陶賀顧龔萬錢嚴湯溫莊聶魯歐關蘭齊喬顏倪區"
)
_DOUBLE_SURNAMES = (
    "欧阳",
    "司马",
    "上官",
    "诸葛",
    "东方",
    "皇甫",
    "尉迟",
    "公孙",
    "慕容",
    "司徒",
    "令狐",
    "歐陽",
)
_NOT_NAMES = re.compile(
    r"公司|家里?$|朋友|同事|老婆|老公|妈|爸|地址|电话|手机|订单|收货|默认|这单|那单|一下|谢谢|麻烦|新的|改成|安排|马上|方便"
)
KEPT = re.compile(
    r"(?:(?:收[件货]人|联系人|姓名|名字|[姓名]|人|电话号?码?|手机号?码?|号码|联系方式|其[他它]的?|别的|都)[和跟、,与 ]?){1,4}"
    r"(?:信息)?(?:都|也|还是|还|就)?(?:不[变改换动]|不用[变改换动]|没[变换]|一样|照旧|同上|(?:按|跟|和|用)?(?:原来|之前|原先|以前|上面)的?(?:一样)?)(?:了|的|吧|就行|就好)?"
)
"""收件人不变: nobody is called 不变."""
_END = r"[\s,;。、()\n]"

_PLACE_AHEAD = "|".join(
    sorted([*PROVINCES, *CITIES, "香港", "澳门", "澳門", "台湾", "台灣", "臺灣"], key=len, reverse=True)
)
_LABELLED_NAME = re.compile(
    rf"(?:收件人|收货人|收貨人|联系人|聯絡人|姓名|名字)\s*(?:姓名|名字)?\s*(?:[:是为叫写填]|[改换](?:成|为|一下)|应该是)*\s*"
    rf"([\u4e00-\u9fff·]{{2,8}}?|[A-Za-z][A-Za-z .'-]{{1,40}}?)\s*(?:收|$|(?={_END}|的|,|电话|手机|地址|{_PLACE_AHEAD}))"
)
_LEAD = re.compile(
    r"[^,;。\n]*(?:收货地址|收件地址|详细地址|所在地区|默认地址|新地址|地址|寄到|寄去|寄往|寄给|送到|送去|送给|发到|发去|发往|送至|转到|改到|改成|改为|改寄|换成|换到|换为|搬到)"
    r"(?:了|去|给)?[ :是为]{0,3}(?:改成|改为|换成|改到)?[ :]{0,2}"
)
_PHONE_LABEL = re.compile(
    r"(?:手机号码?|电话号?码?|联系方式|联系电话|手機|電話|手机)\s*[:是为]?\s*(?=$|[\s,;。])"
)

_STREET_END = (
    "路街道巷弄号號幢栋座室楼层樓层单元村镇乡园苑城厦场区公寓花里坊庄湾门桥店柜站铺院校园所中心驿站期组队户房"
)
_ROAD = r"(?:路|街|大道|道|巷|弄|胡同|里|村|镇|鎮|乡|屯|社区|小区|花园|公寓|大厦|广场|廣場|中心|园区|科技园|产业园|工业园|学校|大学|学院|医院|家园|苑|府|城|湾|庄|坊|马路|段|组|新村|宿舍|酒店|驿站|快递柜|丰巢)"
_NUMBERED = re.compile(rf"{_ROAD}.{{0,12}}\d|\d+\s*(?:号|號|弄)")
_UNIT = re.compile(r"\d+\s*(?:号|號)?(?:楼|幢|栋|座|单元|室|层|户|房)|[A-Z]座|(?:门牌|房号|房间号).{0,6}\d+")
_ROADLIKE = re.compile(_ROAD)

_TAIL = r"(?![东西南北中]?[一二三四五六七八九十]?(?:路|街|大道|道|大厦|广场|花园|小区|公寓|里|巷))"
_PROVINCE = (
    rf"(?:{'|'.join(sorted(PROVINCES, key=len, reverse=True))})(?:省|市|(?:维吾尔|壮族|回族)?自治区)?{_TAIL}"
)
_KNOWN_CITY = rf"(?:{'|'.join(sorted(CITIES, key=len, reverse=True))})(?:市|地区|盟|(?:[\u4e00-\u9fff]{{1,6}}?族)*自治州)?{_TAIL}"
_ABROAD = (
    r"(?:(?:中国)?香港(?:特别行政区)?(?![东西南北中]?路)|(?:中国)?澳[门門](?:特别行政区)?(?!路)|[台臺][湾灣]省?(?!路)"
    r"|(?:[台臺](?:北|中|南|东|東)|新北|桃[园園](?=市)|高雄|基隆|新竹|嘉[义義]|彰化|屏[东東]|宜[兰蘭]|花[莲蓮])(?:市|县|縣)(?!路))"
)
_CHAIN = re.compile(
    rf"(?P<abroad>{_ABROAD})|(?P<province>{_PROVINCE})\s*(?P<city>{_KNOWN_CITY}|[\u4e00-\u9fff]{{2,6}}?(?:市|自治州|地区|盟)|)|(?P<alone>{_KNOWN_CITY}|[\u4e00-\u9fff]{{2,4}}市(?=[\u4e00-\u9fff\s]))"
)
_DISTRICT = re.compile(
    r"\s*([\u4e00-\u9fff]{1,7}?(?:新区|(?<![园小社校厂景库片])区|區|县|縣|旗|(?<!超)(?<!门)市)|九[龙龍][\u4e00-\u9fff]{0,3}?(?=\d|[\u4e00-\u9fff]{2,4}[道街路])|新界[\u4e00-\u9fff]{0,2}|港[岛島][\u4e00-\u9fff]{0,3}?(?=[\u4e00-\u9fff]{2,4}[道街路]))(?!路|街|大道|[号號])"
)
_TW_CITY = re.compile(r"\s*([\u4e00-\u9fff]{2}[市县縣])")
_POLITE = re.compile(r"(?:[吧呢哦哈啊呀了]|[可行好]以?吗|谢谢.*|麻烦.*)+[?!~]*$")
_BEHIND_STREET = re.compile(
    r"^(.*(?:号|號|室|楼|樓|层|幢|栋|座|单元|户|店|柜|铺|房|\d))\s*([\u4e00-\u9fff·]{2,4})(?:收)?$"
)


def parse(text: str) -> AddressParts:
    """`text` has its telephone numbers and its postcode replaced by line breaks."""
    found: dict[str, str] = {}
    text = KEPT.sub("\n", text)
    match = _LABELLED_NAME.search(text)
    if match and not _NOT_NAMES.search(match[1]):
        found["name"] = match[1].strip()
        text = f"{text[: match.start()]}\n{text[match.end() :]}"
    text = _PHONE_LABEL.sub("\n", text)
    segments = [part.strip(" 的") for part in re.split(r"[,;。\n()]", _LEAD.sub("\n", text))]
    streets: list[str] = []
    for segment in segments:
        rest = _region(segment, found) if "city" not in found else segment
        if rest is None:
            continue
        _read_rest(rest, found, streets, inside=bool(found.get("city") or found.get("province") or streets))
    street = " ".join(streets)
    if street and not found.get("city") and not found.get("district") and not _NUMBERED.search(street):
        found["unit"], street = (street if _UNIT.search(street) else ""), ""
    return AddressParts(**found, street=street)


def _region(segment: str, found: dict[str, str]) -> str:
    """What stands behind 省市区, which go into `found`; the segment as it is where none stands in it."""
    match = _CHAIN.search(segment)
    if match is None:
        return (
            _district(segment, found)
            if re.match(r"[\u4e00-\u9fff]{2,4}(?:区|县|區|縣)", segment)
            else segment
        )
    before = segment[: match.start()].strip()
    if before and not _is_name(before):
        return segment
    if before:
        found.setdefault("name", before)
    rest = segment[match.end() :]
    if match["abroad"]:
        return _abroad(match["abroad"], rest, found)
    found["country"] = "CN"
    name = next((one for one in PROVINCES if (match["province"] or "").startswith(one)), None)
    city = (match["city"] if name else match["alone"]) or ""
    known = next((one for one in sorted(CITIES, key=len, reverse=True) if city.startswith(one)), None)
    if name:
        found["province"] = PROVINCES[name]
    elif known:
        found["province"] = CITIES[known]
    if found.get("province") in MUNICIPALITIES:
        found["city"], rest = (
            found["province"],
            segment[match.start("city") :].removeprefix(found["province"]),
        )
    elif city:
        found["city"] = f"{city}市" if city == known and not city.endswith("市") else city
    return _district(rest, found)


def _abroad(place: str, rest: str, found: dict[str, str]) -> str:
    if "香港" in place:
        found.update(country="HK", city="香港")
    elif "澳" in place:
        found.update(country="MO", city="澳门" if "门" in place else "澳門")
    else:
        found["country"] = "TW"
        city = _TW_CITY.match(rest) if place.rstrip("省").endswith(("湾", "灣")) else None
        if city:
            found["city"], rest = city[1], rest[city.end() :]
        elif not place.rstrip("省").endswith(("湾", "灣")):
            found["city"] = place
    return _district(rest, found)


def _district(rest: str, found: dict[str, str]) -> str:
    match = _DISTRICT.match(rest)
    if match is None:
        return rest
    found["district"] = match[1]
    return rest[match.end() :]


def _read_rest(rest: str, found: dict[str, str], streets: list[str], *, inside: bool) -> None:
    """Streets and the name among the words of one segment."""
    words = rest.split()
    while (
        words
        and _is_name(words[0])
        and not found.get("name")
        and not (inside and len(words) == 1 and not streets)
    ):
        found["name"] = words.pop(0).removesuffix("收")
    while words and not found.get("name") and _is_name(words[-1]) and (streets or len(words) > 1):
        found["name"] = words.pop().removesuffix("收")
    line = _POLITE.sub("", " ".join(words))
    behind = _BEHIND_STREET.match(line)
    if behind and not found.get("name") and _is_name(behind[2]):
        found["name"], line = behind[2], behind[1].strip()
    if line and (inside or _NUMBERED.search(line) or _UNIT.search(line)) and _is_place(line, inside=inside):
        streets.append(line)


def _is_place(line: str, *, inside: bool) -> bool:
    return bool(re.search(r"\d", line) or (inside and _ROADLIKE.search(line))) and len(line) >= 2


def _is_name(word: str) -> bool:
    word = word.removesuffix("收").removesuffix("（收）")
    if re.fullmatch(r"[\u4e00-\u9fff]+·[\u4e00-\u9fff·]+", word):
        return True
    if not re.fullmatch(r"[\u4e00-\u9fff]{2,4}", word) or _NOT_NAMES.search(word) or word[-1] in _STREET_END:
        return False
    return word[:2] in _DOUBLE_SURNAMES or (
        word[0] in _SURNAMES and (len(word) <= 3 or word.endswith(("先生", "女士", "小姐")))
    )
