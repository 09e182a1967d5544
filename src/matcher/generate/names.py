"""Invented names: surnames as frequent as in the census, given names of each generation, in characters and pinyin."""

from __future__ import annotations

from typing import Literal

from matcher.domain.people import Gender
from matcher.generate.dice import Dice

Generation = Literal["old", "middle", "young", "child"]

SURNAMES: tuple[tuple[tuple[str, str], float], ...] = (
    (("王", "Wang"), 7.2), (("李", "Li"), 7.1), (("张", "Zhang"), 6.7), (("刘", "Liu"), 5.2), (("陈", "Chen"), 4.6),
    (("杨", "Yang"), 3.2), (("黄", "Huang"), 2.4), (("赵", "Zhao"), 2.2), (("吴", "Wu"), 2.1), (("周", "Zhou"), 2.1),
    (("徐", "Xu"), 1.6), (("孙", "Sun"), 1.5), (("马", "Ma"), 1.4), (("朱", "Zhu"), 1.3), (("胡", "Hu"), 1.2),
    (("郭", "Guo"), 1.2), (("何", "He"), 1.2), (("林", "Lin"), 1.2), (("高", "Gao"), 1.1), (("罗", "Luo"), 1.0),
    (("郑", "Zheng"), 0.9), (("梁", "Liang"), 0.9), (("谢", "Xie"), 0.8), (("宋", "Song"), 0.8), (("唐", "Tang"), 0.8),
    (("许", "Xu"), 0.7), (("韩", "Han"), 0.7), (("邓", "Deng"), 0.7), (("冯", "Feng"), 0.6), (("曹", "Cao"), 0.6),
    (("彭", "Peng"), 0.6), (("曾", "Zeng"), 0.6), (("肖", "Xiao"), 0.6), (("田", "Tian"), 0.5), (("董", "Dong"), 0.5),
    (("潘", "Pan"), 0.5), (("袁", "Yuan"), 0.5), (("蔡", "Cai"), 0.5), (("蒋", "Jiang"), 0.5), (("余", "Yu"), 0.5),
    (("于", "Yu"), 0.5), (("杜", "Du"), 0.5), (("叶", "Ye"), 0.5), (("程", "Cheng"), 0.4), (("魏", "Wei"), 0.4),
    (("苏", "Su"), 0.4), (("吕", "Lü"), 0.4), (("丁", "Ding"), 0.4), (("任", "Ren"), 0.4), (("卢", "Lu"), 0.4),
    (("姚", "Yao"), 0.4), (("沈", "Shen"), 0.4), (("钟", "Zhong"), 0.4), (("姜", "Jiang"), 0.4), (("谭", "Tan"), 0.4),
    (("陆", "Lu"), 0.4), (("范", "Fan"), 0.4), (("汪", "Wang"), 0.4), (("廖", "Liao"), 0.4), (("石", "Shi"), 0.3),
)
"""The sixty most frequent surnames and their rounded share in per cent (2020 census report of the public security
ministry for the first hundred; rounded)."""

_OLD_WOMEN = ("秀Xiu 桂Gui 玉Yu 凤Feng 淑Shu 美Mei 丽Li 惠Hui 金Jin 素Su 月Yue 春Chun 瑞Rui 爱Ai 彩Cai 翠Cui",
              "英ying 兰lan 珍zhen 芬fen 华hua 芳fang 琴qin 娥e 梅mei 莲lian 云yun 香xiang 珠zhu 荣rong")
_OLD_MEN = ("建Jian 国Guo 志Zhi 德De 永Yong 福Fu 文Wen 振Zhen 世Shi 荣Rong 金Jin 树Shu 光Guang 庆Qing 长Chang 立Li",
            "国guo 明ming 才cai 生sheng 康kang 华hua 林lin 平ping 祥xiang 山shan 根gen 发fa 民min 义yi")
_WOMEN = ("晓Xiao 海Hai 红Hong 雪Xue 丽Li 小Xiao 玉Yu 慧Hui 春Chun 文Wen 艳Yan 秋Qiu",
          "燕yan 玲ling 梅mei 芳fang 娟juan 霞xia 敏min 静jing 萍ping 红hong 丽li 琳lin")
_MEN = ("志Zhi 海Hai 建Jian 俊Jun 晓Xiao 国Guo 立Li 少Shao 文Wen 伟Wei 永Yong 学Xue",
        "强qiang 涛tao 军jun 杰jie 东dong 栋dong 新xin 华hua 斌bin 峰feng 辉hui 勇yong")
_YOUNG_WOMEN = ("雨Yu 思Si 欣Xin 佳Jia 诗Shi 嘉Jia 雅Ya 梦Meng 可Ke 晓Xiao 紫Zi 婉Wan",
                "欣xin 琪qi 怡yi 涵han 婷ting 瑶yao 萱xuan 妍yan 晴qing 彤tong 雯wen 悦yue")
_YOUNG_MEN = ("浩Hao 子Zi 宇Yu 俊Jun 嘉Jia 天Tian 博Bo 泽Ze 家Jia 明Ming 文Wen 志Zhi",
              "然ran 轩xuan 航hang 豪hao 宇yu 文wen 杰jie 乐le 鑫xin 辰chen 阳yang 博bo")
_GIRLS = ("一Yi 梓Zi 沐Mu 若Ruo 语Yu 诗Shi 依Yi 欣Xin", "诺nuo 涵han 晴qing 汐xi 桐tong 雨yu 依yi 妍yan")
_BOYS = ("沐Mu 子Zi 浩Hao 宇Yu 梓Zi 奕Yi 睿Rui 泽Ze", "辰chen 轩xuan 宸chen 泽ze 睿rui 阳yang 恒heng 洋yang")

SINGLE_SHARE = {"old": 0.08, "middle": 0.25, "young": 0.10, "child": 0.04}
"""How many of a generation bear a given name of one character (our reading: most frequent among those born 1970–1990)."""


def _syllables(text: str) -> tuple[tuple[str, str], ...]:
    return tuple((word[0], word[1:]) for word in text.split())


_GIVEN = {
    (generation, gender): (_syllables(first), _syllables(second))
    for generation, gender, (first, second) in (
        ("old", "female", _OLD_WOMEN), ("old", "male", _OLD_MEN), ("middle", "female", _WOMEN),
        ("middle", "male", _MEN), ("young", "female", _YOUNG_WOMEN), ("young", "male", _YOUNG_MEN),
        ("child", "female", _GIRLS), ("child", "male", _BOYS),
    )
}


def invent_name(dice: Dice, generation: Generation, gender: Gender, language: Literal["zh", "en"]) -> str:
    """A believable name nobody in particular bears: 张秀兰, or Zhang Xiulan."""
    surname, written = dice.weighted(SURNAMES)
    first, second = _GIVEN[generation, gender]
    syllables = [dice.pick(second)]
    if not dice.chance(SINGLE_SHARE[generation]):
        syllables.insert(0, dice.pick([own for own in first if own[0] != syllables[0][0]]))
    if language == "zh":
        return surname + "".join(character for character, _ in syllables)
    return f"{written} {''.join(sound for _, sound in syllables).capitalize()}"
