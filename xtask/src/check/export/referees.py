"""Holds what `begat export` wrote against other people's parsers. Usage: referees.py FOLDER"""

import configparser
import datetime
import difflib
import pathlib
import sys
import tomllib

import eql
import yaml
from eql.parser import elasticsearch_syntax, ignore_missing_functions

folder = pathlib.Path(sys.argv[1])


def text(language):
    return (folder / language).read_text(encoding="utf-8")


def check_sigma():
    rules = list(yaml.safe_load_all(text("sigma")))
    assert len(rules) == 3, rules
    correlation = rules[2]["correlation"]
    assert correlation["type"] == "temporal_ordered"
    assert [rule["name"] for rule in rules[:2]] == correlation["rules"]
    assert set(correlation["aliases"]["session"]) == set(correlation["rules"])


def check_eql():
    rule = tomllib.loads(text("eql"))["rule"]
    assert rule["type"] == "eql" and rule["language"] == "eql"
    with elasticsearch_syntax, ignore_missing_functions:
        query = eql.parse_query(rule["query"])
    assert len(query.first.queries) == 2, query
    check_what_eql_finds(query)


def check_what_eql_finds(query):
    def start(name, session="0x1", second=0, parent="explorer.exe"):
        image = "C:\\Windows\\System32\\" + name
        process = {"name": name, "executable": image, "parent": {"name": parent}}
        return record("process", "4688", second, session, {"process": process})

    def creation(second=1, session="0x1", host="FS03"):
        return record("iam", "4720", second, session, {}, host)

    def record(kind, code, second, session, more, host="FS03"):
        windows = {"computer_name": host, "event_data": {"SubjectLogonId": session}}
        data = {"event_type": kind, "event": {"code": code}, "winlog": windows, **more}
        return eql.Event(kind, second * 10_000_000, data)

    def fires(*records):
        return bool(list(eql.get_engine(query)(records)))

    assert fires(start("NET1.exe"), creation())
    assert fires(start("a.exe", parent="WmiPrvSE.exe"), creation())
    assert not fires(start("net1.exe"), creation(session="0x2")), "another session"
    assert not fires(start("net1.exe"), creation(host="FS04")), "another host"
    assert not fires(start("net1.exe"), creation(second=3600)), "beyond the window"
    assert not fires(creation(second=0), start("net1.exe", second=1)), "the other way round"
    assert not fires(start("notepad.exe"), creation())
    assert not fires(start("conhost.exe", parent="WmiPrvSE.exe"), creation())


def check_kql():
    rule = yaml.safe_load(text("kql"))
    for field in ("id", "name", "kind", "queryFrequency", "queryPeriod", "triggerOperator", "tactics"):
        assert field in rule, field
    (folder / "query.kql").write_text(rule["query"], encoding="utf-8")


def check_spl():
    # A line that ends in a backslash goes on in the next.
    whole = text("spl").replace("\\\n", " ")
    stanzas = configparser.RawConfigParser(strict=True, delimiters=("=",), comment_prefixes=("#",))
    stanzas.optionxform = str
    stanzas.read_string(whole)
    assert len(stanzas.sections()) == 1, stanzas.sections()
    stanza = stanzas[stanzas.sections()[0]]
    assert "streamstats" in stanza["search"] and "transaction" not in stanza["search"]
    assert set(stanza) >= {"search", "cron_schedule", "dispatch.earliest_time"}


def check_dettect():
    """What DeTT&CT's own `health` refuses in a file of data sources."""
    admin = yaml.safe_load(text("dettect"))
    assert (admin["version"], admin["file_type"]) == (1.1, "data-source-administration")
    systems = {system["applicable_to"]: system["platform"] for system in admin["systems"]}
    assert systems and all(platform == ["Windows"] for platform in systems.values()), systems
    for one in systems:
        for other in systems:
            assert one == other or difflib.SequenceMatcher(None, one, other).ratio() <= 0.8, (one, other)
    for source in admin["data_sources"]:
        for details in source["data_source"]:
            check_dettect_details(details, systems)


def check_dettect_details(details, systems):
    assert set(details["applicable_to"]) <= set(systems) | {"all"}, details
    for date in ("date_registered", "date_connected"):
        assert details[date] is None or isinstance(details[date], datetime.date), details
    assert isinstance(details["available_for_data_analytics"], bool)
    assert isinstance(details["products"], list) and isinstance(details["comment"], str)
    quality = details["data_quality"]
    asked = ("device_completeness", "data_field_completeness", "timeliness", "consistency", "retention")
    assert set(quality) == set(asked), quality
    assert all(type(score) is int and 0 <= score <= 5 for score in quality.values()), quality


for check in (check_sigma, check_eql, check_kql, check_spl, check_dettect):
    check()
