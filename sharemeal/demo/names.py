"""What the demo's neighbourhood is made of: real chō with points written by hand, invented people, shops and dishes."""

from __future__ import annotations

from sharemeal.kitchens import Texture
from sharemeal.places import Point

CHO = {
    "青葉台一丁目": Point(35.545494, 139.518221),
    "青葉台二丁目": Point(35.545418, 139.514641),
    "藤が丘一丁目": Point(35.546458, 139.530478),
    "藤が丘二丁目": Point(35.541460, 139.526663),
    "もえぎ野": Point(35.547510, 139.523110),
    "つつじが丘": Point(35.538449, 139.519620),
    "榎が丘": Point(35.540851, 139.510342),
    "千草台": Point(35.538790, 139.533426),
    "柿の木台": Point(35.551118, 139.528571),
    "桜台": Point(35.551274, 139.515620),
    "しらとり台": Point(35.535172, 139.513262),
    "梅が丘": Point(35.535355, 139.526308),
    "みたけ台": Point(35.555185, 139.521464),
}

FAMILIES = (
    ("安西", "あんざい"), ("磯部", "いそべ"), ("臼井", "うすい"), ("江口", "えぐち"), ("小野寺", "おのでら"),
    ("柏木", "かしわぎ"), ("久保田", "くぼた"), ("小松", "こまつ"), ("﨑山", "さきやま"), ("篠原", "しのはら"),
    ("杉浦", "すぎうら"), ("髙梨", "たかなし"), ("辻", "つじ"), ("戸塚", "とつか"), ("永井", "ながい"),
    ("西村", "にしむら"), ("野田", "のだ"), ("長谷", "はせ"), ("平山", "ひらやま"), ("古屋", "ふるや"),
    ("堀内", "ほりうち"), ("三好", "みよし"), ("村瀬", "むらせ"), ("矢島", "やじま"), ("吉岡", "よしおか"),
)  # fmt: skip

HELPERS = (
    ("相沢", "あいざわ"), ("飯島", "いいじま"), ("遠藤", "えんどう"), ("大森", "おおもり"), ("片桐", "かたぎり"),
    ("関", "せき"), ("滝沢", "たきざわ"), ("根岸", "ねぎし"), ("本間", "ほんま"), ("和田", "わだ"),
)  # fmt: skip

COORDINATOR = ("桜井", "さくらい")
LAB_ADMIN = ("宮野", "みやの")

RELATIVES = ("長女", "長男", "妹", "甥", "となりの方", "民生委員")
DOOR_NOTES = ("", "", "ベル2回", "犬がいます", "耳が遠いのでゆっくり", "エレベーターなし3階", "裏の玄関へ")
DIETS = ((), (), ("減塩",), ("糖質控えめ",), ("納豆不可（ワルファリン）",), ("刻み",))

SHOPS = (
    (("ひだまり食堂", "和食"), ("つむぎ食堂", "和食"), ("いろり亭", "和食")),
    (("やわらか惣菜ことり", "惣菜"), ("こもれび惣菜店", "惣菜"), ("みのり惣菜", "惣菜")),
    (("麦の穂キッチン", "洋食"), ("オリーブの木", "洋食"), ("丘の上キッチン", "洋食")),
)
"""One shop is taken of each group: plain Japanese food, soft food, western food."""

Dish = tuple[str, frozenset[str], Texture]


def _dish(name: str, allergens: str, texture: Texture = Texture.REGULAR) -> Dish:
    return name, frozenset(allergens.split()), texture


MENUS: tuple[tuple[Dish, ...], ...] = (
    (
        _dish("さばの味噌煮弁当", "さば 大豆 小麦"),
        _dish("鶏の照り焼き弁当", "鶏肉 大豆 小麦"),
        _dish("肉じゃが弁当", "豚肉 大豆 小麦"),
        _dish("鮭の塩焼き弁当", "さけ 大豆"),
        _dish("豚の生姜焼き弁当", "豚肉 大豆 小麦", Texture.UDF1),
    ),
    (
        _dish("やわらか豆腐ハンバーグ弁当", "大豆 鶏肉", Texture.UDF2),
        _dish("里芋のふわとろ煮弁当", "大豆", Texture.UDF2),
        _dish("白身魚のやわらかあんかけ弁当", "大豆", Texture.UDF2),
        _dish("大根と鶏のやわらか煮弁当", "大豆 鶏肉", Texture.UDF2),
    ),
    (
        _dish("野菜たっぷりカレー", "乳 小麦"),
        _dish("オムライス弁当", "卵 乳 小麦 鶏肉"),
        _dish("かぼちゃのグラタン", "乳 小麦", Texture.UDF1),
        _dish("豆とトマトの煮こみ弁当", "大豆"),
        _dish("えびピラフ弁当", "えび 乳"),
    ),
)
"""Dishes of each group of SHOPS. What the soft kitchen makes suits every home of the demo."""

LAB_NAMES = (
    "青葉台・藤が丘",
    "桜台",
    "つつじが丘",
    "柿の木台",
    "もえぎ野",
    "しらとり台",
    "榎が丘",
    "みたけ台",
)
