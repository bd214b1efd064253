"""Words for common colours and sizes, so that a shop need not list them as aliases.

Each row is one colour or size in the words that shoppers use; a product that lists one of the words
as a value, label or alias is understood by all of them.
"""

COLOURS: tuple[tuple[str, ...], ...] = (
    ("black", "黑", "黑色", "纯黑", "jet black"),
    ("white", "白", "白色", "纯白", "pure white"),
    ("grey", "gray", "灰", "灰色"),
    ("dark grey", "dark gray", "charcoal", "深灰", "深灰色", "炭灰", "炭灰色"),
    ("light grey", "light gray", "浅灰", "浅灰色"),
    ("silver", "银", "银色"),
    ("gold", "金色", "golden"),
    ("red", "红", "红色", "大红"),
    ("burgundy", "wine red", "酒红", "酒红色"),
    ("pink", "粉", "粉色", "粉红", "粉红色"),
    ("orange", "橙", "橙色", "橘色", "橘红"),
    ("yellow", "黄", "黄色"),
    ("green", "绿", "绿色"),
    ("dark green", "forest green", "深绿", "深绿色", "墨绿", "墨绿色"),
    ("olive", "olive green", "橄榄绿", "军绿", "军绿色"),
    ("mint", "mint green", "薄荷绿"),
    ("blue", "蓝", "蓝色"),
    ("light blue", "sky blue", "浅蓝", "浅蓝色", "天蓝", "天蓝色"),
    ("dark blue", "深蓝", "深蓝色"),
    ("navy", "navy blue", "藏青", "藏青色", "藏蓝", "藏蓝色"),
    ("purple", "violet", "紫", "紫色"),
    ("brown", "棕", "棕色", "褐色", "咖啡色", "咖色"),
    ("beige", "米色", "杏色"),
    ("off-white", "off white", "cream", "ivory", "米白", "米白色", "奶白", "奶白色", "象牙白"),
    ("khaki", "卡其", "卡其色"),
    ("camel", "驼色"),
    ("transparent", "clear", "透明"),
)

SIZES: tuple[tuple[str, ...], ...] = (
    ("xs", "extra small", "加小码"),
    ("s", "small", "小码", "小号", "s码"),
    ("m", "medium", "中码", "中号", "m码"),
    ("l", "large", "大码", "大号", "l码"),
    ("xl", "extra large", "x-large", "加大码", "加大号", "加大", "xl码"),
    ("xxl", "2xl", "xx-large", "double xl", "加加大码", "双加大", "xxl码", "2xl码"),
    ("xxxl", "3xl", "xxx-large", "3xl码"),
    ("one size", "均码", "free size"),
)

SYNONYMS = (*COLOURS, *SIZES)

NO_COLOURS: tuple[str, ...] = (
    *(
        "蓝牙",
        "蓝光",
        "银行",
        "水银",
        "明白",
        "坦白",
        "空白",
        "白天",
        "白送",
        "白跑",
        "白等",
        "白搭",
        "白领",
        "白酒",
    ),
    *(
        "白开水",
        "红包",
        "红利",
        "网红",
        "走红",
        "红酒杯",
        "红酒",
        "红茶",
        "红枣",
        "红糖",
        "红外",
        "粉丝",
        "粉末",
        "粉底",
    ),
    *(
        "奶粉",
        "咖啡粉",
        "黑名单",
        "黑五",
        "黑科技",
        "黑心",
        "黑胶",
        "黑咖啡",
        "黄金",
        "黄油",
        "绿色通道",
        "绿色环保",
        "绿茶",
    ),
    *(
        "紫外",
        "紫菜",
        "灰尘",
        "橙子",
        "橙汁",
        "black friday",
        "blue light",
        "white noise",
        "red wine",
        "green tea",
    ),
    *("black tea", "black coffee"),
    *(
        f"{how} {size}"
        for how in ("too", "bit", "little", "very", "runs", "so")
        for size in ("small", "large")
    ),
)
"""Words that hold a colour's or size's name and mean something else."""
