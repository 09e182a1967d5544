"""Text as typed: folded to one form for matching, simplified, tested for emptiness and for damage."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, time, timedelta

# ------------------------------------------------------------------------------------------------ folding

_INVISIBLE = re.compile("[\u00ad\u061c\u180e\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u2069\ufe00-\ufe0f\ufeff]")
_DASHES = re.compile("[\u2010-\u2015\u2212\u2043\ufe58\ufe63\uff0d\u2500\u2501]+")
_TILDES = re.compile("[\u223c\u301c\uff5e\u02dc\u2053]")
_TONES = "āáǎàōóǒòēéěèīíǐìūúǔùǖǘǚǜüńň"
_SYLLABLE = re.compile(
    r"(?:zh|ch|sh|[bpmfdtnlgkhjqxrzcsyw])?"
    r"(?:iang|iong|uang|ueng|ang|eng|ing|ong|iao|ian|uai|uan|ai|ei|ui|ao|ou|iu|ie|ue|ve|er|an|en|in|un|vn|ia|ua|uo"
    r"|a|o|e|i|u|v)"
)
_BRACKETED = re.compile(rf"(?<=[\u3400-\u9fff])[(（]([a-z{_TONES}]{{1,7}})[)）]")


def fold(text: str) -> str:
    """One form for what looks alike: half-width, plain dashes and tildes, no invisible characters, no bracketed pinyin.

    Newlines stay, other white space collapses.

    >>> fold("１３８－０００００００２")
    '138-00000002'
    >>> fold("9：00～11：30")
    '9:00~11:30'
    >>> fold("社區(qū)　服務(wù)")
    '社區 服務'
    """
    text = _INVISIBLE.sub("", _BRACKETED.sub(_without_pinyin, text))
    text = unicodedata.normalize("NFKC", text)
    text = _TILDES.sub("~", _DASHES.sub("-", text))
    text = text.translate(_QUOTES)
    lines = (" ".join(line.split()) for line in re.split(r"[\r\n\v\f\u2028\u2029]+", text))
    return "\n".join(line for line in lines if line)


_QUOTES = str.maketrans(
    {
        "“": '"',
        "”": '"',
        "‘": "'",
        "’": "'",
        "〈": "<",
        "〉": ">",
        "【": "[",
        "】": "]",
        "〔": "(",
        "〕": ")",
        "﹑": "、",
    }
)


def _without_pinyin(match: re.Match[str]) -> str:
    """Drop "(qū)" after a character; without a tone mark only after a traditional one, which it then transcribes."""
    inside = match[1]
    bare = unicodedata.normalize("NFD", inside.replace("ü", "v"))
    bare = "".join(letter for letter in bare if not unicodedata.combining(letter))
    if not _SYLLABLE.fullmatch(bare):
        return match[0]
    toned = any(letter in _TONES for letter in inside)
    return "" if toned or is_traditional(match.string[match.start() - 1]) else match[0]


def is_traditional(character: str) -> bool:
    """Whether a character belongs to the traditional script only."""
    if character in _SIMPLIFIED:
        return True
    try:
        character.encode("gb2312")
    except UnicodeEncodeError:
        try:
            character.encode("big5")
        except UnicodeEncodeError:
            return False
        return True
    return False


# What occurs in headers, list values, units and the words of these readers.
_PAIRS = (
    "萬万與与專专業业東东兩两嚴严個个豐丰臨临為为麗丽義义樂乐習习鄉乡書书買买亂乱爭争虧亏雲云亞亚產产畝亩親亲"
    "億亿僅仅從从倉仓儀仪們们價价眾众優优會会傘伞偉伟傳传傷伤倫伦偽伪體体餘余傭佣債债傾倾兒儿黨党蘭兰關关興兴"
    "養养獸兽內内岡冈冊册寫写軍军農农馮冯衝冲決决況况凍冻淨净準准涼凉減减湊凑鳳凤憑凭凱凯擊击劃划劉刘則则剛刚"
    "創创刪删別别劑剂劍剑勸劝辦办務务動动勵励勞劳勢势勻匀區区醫医華华協协單单賣卖盧卢衛卫卻却廠厂廳厅歷历曆历"
    "厲厉壓压廁厕廈厦廚厨縣县參参雙双發发髮发變变敘叙疊叠葉叶號号嘆叹後后嚇吓嗎吗聽听啟启吳吴員员嘗尝響响問问"
    "喪丧喬乔園园圍围國国圖图圓圆聖圣場场壞坏塊块堅坚壇坛墳坟墜坠壘垒墊垫壯壮聲声殼壳壺壶處处備备復复複复夠够"
    "頭头夾夹奪夺奮奋獎奖婦妇媽妈嬰婴孫孙學学寧宁寶宝實实寵宠審审憲宪寬宽賓宾對对尋寻導导壽寿將将爾尔塵尘層层"
    "屆届屬属歲岁豈岂島岛嶺岭嶽岳巖岩帥帅師师帳帐帶带幫帮幹干乾干並并廣广莊庄慶庆庫库應应廟庙廢废開开異异棄弃"
    "張张彌弥彎弯彈弹強强歸归當当錄录徹彻徑径禦御憶忆懷怀態态憐怜總总戀恋懇恳惡恶惱恼悅悦懸悬驚惊懼惧慘惨慣惯"
    "願愿戰战戲戏戶户撲扑託托執执擴扩掃扫揚扬擾扰撫抚搶抢護护報报擔担擬拟攔拦擇择掛挂揮挥損损換换據据採采攝摄"
    "擺摆搖摇攜携斷断無无舊旧時时曠旷晝昼顯显曬晒曉晓暫暂術术機机殺杀雜杂權权條条來来楊杨極极構构櫃柜標标棟栋"
    "欄栏樹树樣样橋桥夢梦檢检樓楼歡欢歐欧殘残畢毕氣气漢汉湯汤溝沟沒没淚泪澤泽潔洁灑洒淺浅測测濟济瀏浏渾浑濃浓"
    "濕湿滿满濾滤灣湾滅灭燈灯靈灵災灾爐炉點点煉炼煙烟煩烦燒烧熱热愛爱爺爷牆墙狀状獨独獅狮獄狱貓猫獻献環环現现"
    "瑪玛電电畫画暢畅療疗瘋疯癢痒癱瘫皺皱盡尽監监蓋盖盤盘眾众睜睁礦矿碼码磚砖確确礎础禮礼禍祸離离種种積积稱称"
    "穩稳窮穷竊窃窗窗競竞筆笔箋笺籠笼築筑節节範范籃篮糧粮緊紧糾纠紅红紀纪約约級级紋纹納纳紙纸紛纷線线練练組组"
    "細细織织終终紹绍經经結结給给絡络絕绝統统繼继績绩續续維维綠绿編编緣缘縮缩總总繳缴罷罢羅罗罰罚聯联聰聪肅肃"
    "腸肠膚肤腫肿脹胀腎肾勝胜臉脸腦脑腳脚臟脏髒脏膠胶艦舰藝艺節节蘇苏蘋苹範范繭茧薦荐藥药蓮莲獲获營营蕭萧薩萨"
    "蔣蒋藍蓝虛虚蟲虫雖虽補补裝装褲裤見见觀观規规視视覽览覺觉計计訂订認认討讨讓让訓训議议記记講讲許许論论設设"
    "訪访證证評评識识訴诉診诊詞词試试詩诗話话該该詳详語语誤误說说請请諸诸讀读課课誰谁調调談谈謝谢謀谋謹谨譯译"
    "變变豬猪貝贝負负財财責责賢贤敗败貨货質质貧贫購购貫贯貴贵貸贷費费賀贺資资賬账賴赖贈赠贊赞趙赵趕赶躍跃車车"
    "軌轨軟软轉转輪轮輕轻載载較较輔辅輛辆輩辈輸输轄辖辭辞邊边達达遷迁過过運运還还這这進进遠远違违連连遲迟適适"
    "選选遺遗鄧邓鄭郑鄰邻醬酱釋释裡里裏里鑒鉴針针釘钉鋼钢錢钱鐵铁鈴铃鉛铅銀银鋪铺鏈链鎖锁鍋锅錯错鐘钟鍾钟鎮镇"
    "鏡镜長长門门閃闪閉闭間间聞闻閱阅闊阔隊队陽阳陰阴陣阵階阶際际陸陆陳陈險险隨随隱隐難难雞鸡霧雾靜静韓韩頂顶"
    "項项順顺須须顧顾預预領领頻频題题顏颜額额風风飛飞飯饭飲饮飼饲飽饱餃饺餅饼館馆馬马駕驾駛驶驗验騎骑騰腾驅驱"
    "髮发鬧闹魚鱼鮮鲜鳥鸟鴨鸭鵝鹅鹽盐麥麦麵面黃黄齊齐齒齿齡龄龍龙龜龟週周隻只製制麼么於于淚泪遊游擁拥嬸婶檔档"
    "臺台颱台週周禮礼線线蹤踪搬搬晩晚鬆松鬍胡鬚须薑姜範范係系繫系註注數数爲为啓启幾几貼贴圍围換换燙烫喫吃幣币頓顿潤润鵬鹏鴻鸿鶴鹤暉晖瑤瑶鑰钥遞递餵喂誌志徵征衆众羣群峯峰牀床閒闲粵粤贛赣閩闽滬沪"
)
_SIMPLIFIED = {pair[0]: pair[1] for pair in (_PAIRS[i : i + 2] for i in range(0, len(_PAIRS), 2)) if pair[0] != pair[1]}
_TO_SIMPLIFIED = str.maketrans(_SIMPLIFIED)


def to_simplified(text: str) -> str:
    """The characters that occur in headers, list values and units, in the simplified script; for matching only.

    >>> to_simplified("服務時間")
    '服务时间'
    """
    return text.translate(_TO_SIMPLIFIED)


def matchable(value: object) -> str:
    """A cell as text, folded, simplified and in lower case: what the readers match against."""
    return to_simplified(fold(cell_text(value))).lower().strip()


_ID_NUMBER = re.compile(r"(?<!\d)\d{6}(?:1[89]|20)\d{2}(?:0[1-9]|1[0-2])(?:[012]\d|3[01])\d{3}[\dXxＸｘ](?!\d)")


def cell_text(value: object) -> str:
    """A cell's text as the coordinator sees it: 27.0 is 27, a date is ISO, True is 是.

    An identity card number is left out, so that no reader stores or echoes one.
    """
    if value is None:
        return ""
    if isinstance(value, str):
        return _ID_NUMBER.sub("[身份证号已忽略]", value).strip()
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float):
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        midnight = value.time() == time()
        return value.date().isoformat() if midnight else value.strftime("%Y-%m-%d %H:%M")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, time):
        return value.strftime("%H:%M")
    if isinstance(value, timedelta):
        minutes = int(value.total_seconds() // 60)
        return f"{minutes // 60}:{minutes % 60:02d}"
    return str(value).strip()


_NOTHING = re.compile(
    r"[-_/\\.。~*×xX—]*|无|没有|沒有|暂无|暫無|没|空|空白|不详|不詳|未填|未知|待补|待定?填|"
    r"n\.?/?a\.?|nan|nil|null|none|#n/a|\(空\)|\(无\)|\(無\)|無"
)


def is_empty(value: object) -> bool:
    """Whether a cell says nothing: blank, "/", "无", "—", "n/a".

    >>> is_empty("／"), is_empty("无"), is_empty("0")
    (True, True, False)
    """
    if value is None or (isinstance(value, float) and value != value):
        return True
    return isinstance(value, str) and _NOTHING.fullmatch(fold(value).lower().strip()) is not None


# ------------------------------------------------------------------------------------------------ damage

_QUESTION = re.compile(r"[\u4e00-\u9fff]*[吗呢么吧否没嗎麼][?]|[A-Za-z]{2,}[?]")
_WRONG_DECODE = re.compile(
    "锟斤拷|烫烫烫|屯屯屯|鈥[\u4e00-\u9fffa-z?€]|銆[\u4e00-\u9fff?€]|锛[\u4e00-\u9fff?€]|涓€|â€|ï¼|ã€"
)


def damaged(text: str) -> str | None:
    r"""The damaged fragment of a text, or None: "?" for a lost character, U+FFFD, private use, wrong decoding.

    A real question ("行吗?") is no damage.

    >>> damaged("?5歲"), damaged("还来吗?"), damaged("王\ufffd")
    ('?5', None, '王\ufffd')
    """
    for place, character in enumerate(text):
        if character == "\ufffd" or unicodedata.category(character) in ("Co", "Cs"):
            return _fragment(text, place)
        if character == "?" and not _asks(text, place):
            return _fragment(text, place)
    return _wrongly_decoded(text)


def _asks(text: str, place: int) -> bool:
    head = text[max(0, place - 12) : place + 1]
    return bool(re.search(rf"(?:{_QUESTION.pattern})$", head))


def _fragment(text: str, place: int) -> str:
    """The damaged character with the digits beside it, or one neighbour before it."""
    end = place + 1
    while end < len(text) and text[end].isdigit():
        end += 1
    start = place
    while start > 0 and text[start - 1].isdigit():
        start -= 1
    if end == place + 1 and start == place and place > 0 and not text[place - 1].isspace():
        start = place - 1
    return text[start:end]


def _wrongly_decoded(text: str) -> str | None:
    found = _WRONG_DECODE.search(text)
    if found:
        return found[0]
    foreign = [character for character in text if ord(character) > 0x7F]
    if len(foreign) < 3:
        return None
    for encoding in ("cp1252", "latin-1", "gb18030"):
        try:
            meant = text.encode(encoding).decode("utf-8")
        except UnicodeError:
            continue
        if sum("\u4e00" <= character <= "\u9fff" for character in meant) >= 2:
            return "".join(foreign[:4])
    return None


# ------------------------------------------------------------------------------------------------ numbers

_DIGITS = {character: number for number, character in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
    "俩": 2,
    "仨": 3,
    "壹": 1,
    "贰": 2,
    "叁": 3,
    "肆": 4,
    "伍": 5,
    "陆": 6,
    "柒": 7,
    "捌": 8,
    "玖": 9,
}
_UNITS = {"十": 10, "拾": 10, "百": 100, "佰": 100, "千": 1000, "仟": 1000}
NUMBER = r"(?:\d{1,6}|[零〇一二两俩仨三四五六七八九十百千壹贰叁肆伍陆柒捌玖拾佰廿卅]{1,7})"
"""A whole number in digits or Chinese numerals, for use inside patterns."""


def number(text: str) -> int | None:
    """A whole number written in digits or Chinese numerals; None for anything else, and for "两三", which is none.

    >>> number("二十三"), number("两"), number("十"), number("若干")
    (23, 2, 10, None)
    """
    text = text.replace("廿", "二十").replace("卅", "三十")
    if re.fullmatch(r"[0-9]{1,9}", text):
        return int(text)
    if not text or any(character not in _DIGITS and character not in _UNITS for character in text):
        return None
    if not any(character in _UNITS for character in text):
        if 1 < len(text) < 4 and not set(text) & set("零〇"):
            return None  # "两三" is two or three, never 23
        return int("".join(str(_DIGITS[character]) for character in text)) if len(text) <= 9 else None
    total, digit = 0, None
    for character in text:
        if character in _UNITS:
            total += (1 if digit is None else digit) * _UNITS[character]
            digit = None
        else:
            digit = _DIGITS[character]
    return total + (digit or 0)
