"""Four tables written by hand: two kitchens, five homes, three volunteers, one Friday.

Home 5 may eat nothing that is offered. Volunteer 3 has a car, room for all and knows every home: who may, asks them.
Without them volunteers 1 and 2 carry two homes each: a third would wait behind a closed window.
"""

from __future__ import annotations

import csv

from tests.make.words import DATE, HEADERS

FRIDAY = DATE
ZERO_LOST = "9000000002"
"""Home 2's telephone number as a spreadsheet spoils it."""
AS_IT_WAS = "090-0000-0002"
HOMES = {
    1: ("若槻", "わかつき", "桜台 1-1"),
    2: ("髙柳", "たかやなぎ", "もえぎ野 2-2"),
    3: ("穂積", "ほづみ", "藤が丘一丁目 3-3"),
    4: ("雨宮", "あめみや", "梅が丘 4-4"),
}
"""What only who goes there may read: name, furigana, address."""
LONELY = 5

_TABLES = {
    "kitchens": (
        "1,なのはな食堂,和食,青葉台一丁目,35.545494,139.518221,045-000-0001,普通,16:00,18:00,90",
        "2,麦の穂キッチン,洋食,藤が丘二丁目,35.541460,139.526663,045-000-0002,普通,16:00,18:00,90",
    ),
    "households": (
        "1,若槻さん,わかつき,高齢者,桜台,1-1,35.551274,139.515620,090-0000-0001,2,,普通,減塩,"
        "17:00,17:20,ベル2回,はい,妹 080-0000-0001,はい",
        f"2,髙柳さん,たかやなぎ,高齢者,もえぎ野,2-2,35.547510,139.523110,{ZERO_LOST},2,,普通,,"
        "17:00,17:20,,はい,,いいえ",
        "3,穂積さん,ほづみ,子育て,藤が丘一丁目,3-3,35.546458,139.530478,090-0000-0003,2,卵,普通,,"
        "17:00,17:20,,はい,,いいえ",
        "4,雨宮さん,あめみや,障がい,梅が丘,4-4,35.535355,139.526308,090-0000-0004,2,,普通,,"
        "17:00,17:20,犬がいます,はい,,いいえ",
        "5,久我さん,くが,高齢者,つつじが丘,5-5,35.538449,139.519620,090-0000-0005,1,小麦,普通,,"
        "17:00,17:20,,はい,,いいえ",
    ),
    "volunteers": (
        "1,能登谷,のとや,070-0000-0001,自転車,4,青葉台二丁目,35.545418,139.514641,16:00,19:00,1・2",
        "2,五十嵐,いがらし,070-0000-0002,自転車,4,藤が丘二丁目,35.541460,139.526663,16:00,19:00,3・4",
        "3,真壁,まかべ,070-0000-0003,車,30,青葉台一丁目,35.545494,139.518221,16:00,19:00,1・2・3・4",
    ),
    "offers": (
        f"{FRIDAY},1,根菜の煮もの弁当,3,小麦・大豆,普通,16:30,1.0,推定,30%,0",
        f"{FRIDAY},2,鶏と豆のグラタン,4,小麦・乳・鶏肉,普通,16:30,0,推定,0%,1.5",
    ),
}


def small_week() -> dict[str, list[dict[str, str]]]:
    """Rows of header -> cell per table, in an order that imports."""
    return {
        kind: [dict(zip(HEADERS[kind], cells, strict=True)) for cells in csv.reader(lines)]
        for kind, lines in _TABLES.items()
    }
