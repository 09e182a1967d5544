"""Livestream comments: read from lines or CSV; what people type and what it means."""

from __future__ import annotations

import pytest
from settled import HERE, small

from matcher.domain.scenario import Scenario
from matcher.errors import BadInput
from matcher.service.claiming.comments import Comment, bring_in, read_comments
from matcher.store import facts
from matcher.store.assembly import replace_facts
from matcher.store.claims import standings
from matcher.store.tenants import ensure


@pytest.fixture
def town(database):
    document = small().model_dump(mode="json", by_alias=True)
    document["volunteers"] = [
        {"id": "v1", "name": "罗志强", "alias": "阿强"}, {"id": "v2", "name": "何玉珍"}, {"id": "v3", "name": "陈芳"},
        {"id": "v4", "name": "陈芳"},
    ]
    document["residents"] = [{"id": "wu", "name": "吴伯"}, {"id": "li", "name": "李奶奶"}]
    document["wishes"] = [
        {"id": "ride", "kind": "visit", "resident": "wu", "title": "陪吴伯复诊"},
        {"id": "walk", "kind": "visit", "resident": "li", "title": "散步"},
        {"id": "talk", "kind": "visit", "resident": "li", "title": "聊天"},
    ]
    document["claims"] = []
    ensure(database, HERE, "li")
    with database.writing(HERE, "li") as session:
        replace_facts(session, Scenario.model_validate(document))
    return database


def said(database, *texts, who="阿强", **more):
    with database.writing(HERE, "li") as session:
        return bring_in(session, [Comment(n, who, text) for n, text in enumerate(texts, 1)], **more).lines


@pytest.mark.parametrize("text", [
    "认领吴伯", "認領吳伯", "我来！吴伯那个", "吴伯 我去🙋", "算我一个，吴伯的", "报名：陪吴伯复诊", "吴伯+1",
    "[玫瑰]认领吴伯[玫瑰]", "认 领 吴 伯！！！", "ride, count me in", "接单 吴伯",
])
def test_what_claims(town, text):
    (line,) = said(town, text)
    assert (line.verdict, line.wish, line.volunteer, line.assumed) == ("claimed", "ride", "v1", False), line


@pytest.mark.parametrize("text", [
    "吴伯住哪里？", "可以认领吴伯吗", "加油👍", "吴伯好人", "不认领吴伯", "11点开播", "吴伯的电话 13800000900", "还没认领",
])
def test_what_claims_nothing(town, text):
    assert [line.verdict for line in said(town, text)] == ["ignored"]


@pytest.mark.parametrize("text", ["不去了", "去不了了", "我退出", "吴伯那个取消", "算了算了", "can't make it"])
def test_what_withdraws(town, text):
    assert [line.verdict for line in said(town, "认领吴伯", text)] == ["claimed", "withdrawn"]
    with town.reading(HERE) as session:
        assert standings(session, "ride") == ()


def test_one_more_means_the_wish_named_last_and_says_so(town):
    ignored, second = said(town, "吴伯加油", "+1", who="何玉珍")
    assert (ignored.verdict, second.verdict, second.wish, second.assumed) == ("ignored", "claimed", "ride", True)
    assert "陪吴伯复诊" in second.why
    (about,) = said(town, "1", wish="walk")
    assert (about.wish, about.assumed) == ("walk", True)
    assert [line.verdict for line in said(town, "+1")] == ["refused"]


def test_who_or_what_cannot_be_told_is_refused_and_the_others_go_on(town):
    lines = said(town, "认领李奶奶", "认领散步")
    assert [(line.verdict, line.wish) for line in lines] == [("refused", None), ("claimed", "walk")]
    assert "聊天" in lines[0].why
    assert said(town, "认领吴伯", who="陈芳")[0].verdict == "refused"  # there are two
    assert said(town, "认领吴伯", who="东河-罗志强🌸")[0].volunteer == "v1"
    assert said(town, "认领吴伯", who="路人")[0].verdict == "refused"
    assert said(town, "认领吴伯", who="路人", people={"路人": "v2"})[0].volunteer == "v2"
    assert said(town, "认领吴伯", who="路人", people={"路人": "nobody"})[0].verdict == "refused"
    with pytest.raises(BadInput):
        said(town, "认领吴伯", wish="nothing")


def test_unknown_people_can_be_signed_up_once(town):
    lines = said(town, "认领吴伯", "认领散步", who="小海", makes_people=True)
    assert len({line.volunteer for line in lines}) == 1
    with town.reading(HERE) as session:
        assert facts.get(session, "volunteers", lines[0].volunteer).document["name"] == "小海"


def test_a_file_is_read_as_lines_or_as_a_table():
    told = read_comments("\ufeff2026-11-23 20:04:11 小海: 认领吴伯\r\n\r\n阿芳：+1\n还有我妹\n")
    assert [(one.row, one.who, one.text) for one in told] == [(1, "小海", "认领吴伯"), (3, "阿芳", "+1 还有我妹")]
    table = read_comments('时间,昵称,内容\n20:04,小海,"认领吴伯,我来"\n20:05,,\n20:06,阿芳,+1\n')
    assert [(one.row, one.who, one.text, one.at) for one in table] == [(2, "小海", "认领吴伯,我来", "20:04"), (4, "阿芳", "+1", "20:06")]
    for nothing in ("", "\n \n"):
        with pytest.raises(BadInput):
            read_comments(nothing)
    with pytest.raises(BadInput):
        read_comments("a: +1\n" * 5001)
