"""Holds what `begat export` wrote against other people's parsers. Usage: referees.py FOLDER"""

import configparser
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


for check in (check_sigma, check_eql, check_kql, check_spl):
    check()
