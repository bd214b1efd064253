"""What shoppers call an attribute beside its label, so that "how heavy is it" and 多重 find the weight.

Keys are attribute names as shops commonly give them; a name that is not here is found by its label.
"""

import re
from collections.abc import Sequence

from bot.shop.domain import Attribute, Product
from bot.shop.mentions import normalise

_WORDS: dict[str, str] = {
    "material": r"材质|材料|面料|什么(做|料)|成分|含棉|纯棉|真皮|made (of|from)|fabric|leather|cotton|material",
    "weight": r"多重|重不重|重吗|重量|几斤|多少(克|公斤|斤)|heavy|weigh|weight",
    "dimensions": r"多大|尺寸|多长|多宽|多高|大小|装得下|how (big|tall|wide|long|deep|large)|size of|dimension|measure",
    "care": r"怎么洗|机洗|水洗|手洗|干洗|烘干|保养|清洗|掉色|缩水|wash|tumble|dry clean|iron|shrink|clean",
    "volume": r"容量|多少毫升|几升|装多少|能装|capacity|how much .{0,12}hold|volume|litre|liter|\bml\b",
    "warranty": r"保修|质保|保多久|warranty|guarantee",
    "waterproof": r"防水|淋雨|下雨|怕水|泼水|waterproof|water.?resistant|rain|splash",
    "dishwasher": r"洗碗机|dishwasher",
    "microwave": r"微波炉|microwave",
    "fit": r"版型|宽松|修身|显瘦|偏大|偏小|loose|slim|oversize|\bfit\b",
    "season": r"季节|夏天|冬天|春秋|厚吗|厚不厚|薄吗|warm enough|season|summer|winter|thick|thin",
    "fabric_weight": r"克重|厚|gsm|thick",
    "sole": r"鞋底|防滑|底子|sole|grip|slip",
    "compatible": r"兼容|适配|支持|适用|能用在|iphone|华为|安卓|type-?c|compatib|work with|support|fit my",
    "laptop": r"电脑|笔记本|几寸|macbook|laptop",
    "contents": r"包含|里面有|配件|几件|包装里|comes? with|in the box|include",
    "power": r"功率|多少瓦|瓦|费电|watt|power",
    "battery": r"电池|毫安|mah|battery",
    "charge_time": r"充(满|电).{0,4}多久|充电时间|charge|charging",
    "ports": r"接口|几个口|usb|port",
    "output": r"快充|输出|fast charg|output",
    "load": r"承重|能承|hold up|load|carry how",
    "stove": r"电磁炉|明火|燃气灶|induction|stove|hob",
    "tank": r"水箱|水量|tank",
    "pressure": r"压力|几个?bar|\bbar\b|pressure",
    "heat_up": r"预热|多久.{0,4}热|heat.?up|warm up",
    "coffee_type": r"胶囊|咖啡粉|咖啡豆|capsule|pod|ground|beans",
    "milk": r"奶泡|打奶|拉花|拿铁|froth|milk|latte|foam",
    "origin": r"产地|哪里产|哪国|origin|where .{0,10}(made|from)",
    "roast": r"烘焙|深烘|浅烘|roast",
    "flavour": r"风味|口味|味道|酸|苦|taste|flavou?r",
    "freshness": r"保质期|新鲜|赏味|fresh|shelf life|expire",
    "insulation": r"保温|保冷|几个?小时|keep .{0,10}(hot|warm|cold)|insulat",
    "brightness": r"亮度|流明|多亮|bright|lumen",
    "burn_time": r"烧多久|燃烧|burn",
    "people": r"几个?人|住几|how many people|sleeps",
    "pages": r"多少页|几页|pages",
    "paper": r"纸|洇|透|paper|bleed",
    "size_guide": r"尺码|什么码|哪个码|几码|多大码|码数|选码|穿.{0,4}码|偏[大小]|身高|体重|\d ?(?:cm|kg|公斤|斤|厘米)|\b1[4-9]\d ?/ ?\d{2}"
    r"|\bsiz(?:e|es|ing)\b|\btrue to size\b|\brun (?:small|large|big)",
    "warmth": r"保暖|多少度|零下|温标|warm|degrees|temperature",
}
_PATTERNS = {name: re.compile(words, re.IGNORECASE) for name, words in _WORDS.items()}


def asked_attributes(product: Product, question: str) -> Sequence[Attribute]:
    """The attributes that the question is about, in the product's order."""
    words = normalise(question)
    return [attribute for attribute in product.attributes if _is_asked(attribute, words)]


def _is_asked(attribute: Attribute, question: str) -> bool:
    pattern = _PATTERNS.get(attribute.name)
    if pattern is not None and pattern.search(question):
        return True
    return any(normalise(label) in question for label in attribute.label.values() if len(label) > 1)
