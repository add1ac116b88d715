"""`agentpprof tags`: rules by name, coverage, and tags given by hand."""

import json

import pytest

from agentpprof_cli.main import main
from tests.history import Claude

ID = "0e35f321-31f3"


@pytest.fixture(autouse=True)
def history(home, tmp_path, monkeypatch):
    """One session of the current folder."""
    claude = Claude(cwd=str(tmp_path))
    claude.prompt("fix the crash of the parser")
    claude.says("Let me look at it.", call="m1")
    claude.prompt("yes")
    claude.says("Done.", call="m2")
    claude.write(home / ".claude" / "projects" / "p")
    monkeypatch.chdir(tmp_path)


@pytest.fixture
def answer(capsys):
    """What the command prints as JSON."""

    def call(*words):
        assert main(["tags", "--format", "json", *words]) == 0
        return json.loads(capsys.readouterr().out)

    return call


def test_rules_are_shown_by_name_with_what_they_named(answer):
    """And no text of the session."""
    found = answer()
    assert found["schema"] == "agentpprof-tags/1"
    named = [(rule["kind"], rule["tag"], rule["rule"], rule["count"]) for rule in found["rules"]]
    assert named == [
        ("session", "debug", "its first prompts", 1),
        ("prompt", "continue", "a short reply", 1),
        ("prompt", "debug", "to fix", 1),
        ("llm", "continue", "its prompt", 1),
        ("llm", "explore", "what it says", 1),
    ]
    assert "parser" not in json.dumps(found)
    assert found["given"] == []


def test_the_table_tells_how_much_fell_back_and_shows_text_only_on_request(capsys):
    """Coverage first."""
    assert main(["tags"]) == 0
    shown = capsys.readouterr().out
    assert shown.splitlines()[1].split() == ["session", "1", "0", "0.0%", "0.0%"]
    assert "parser" not in shown
    assert main(["tags", "--include-previews"]) == 0
    assert "fix the crash of the parser" in capsys.readouterr().out


def test_tags_are_given_listed_and_taken_back(answer, capsys):
    """To a session by the beginning of its id, to a prompt by its index."""
    assert main(["tags", "--set", "0e35=checkout", "--set", "0e35:2=billing"]) == 0
    assert f"{ID} is checkout\nagentpprof: {ID}:2 is billing" in capsys.readouterr().err
    found = answer()
    given = [(row["session"], row["prompt"], row["tag"]) for row in found["given"]]
    assert given == [(ID, None, "checkout"), (ID, 2, "billing")]
    assert found["sessions"][0]["tag"] == "checkout"
    assert found["sessions"][0]["prompts"][2]["rule"] == "given"
    assert main(["tags", "--remove", "0e35", "--remove", "0e35:2"]) == 0
    assert answer()["given"] == []


def test_the_table_lists_given_tags(capsys):
    """With the day."""
    assert main(["tags", "--set", "0e35:1=billing"]) == 0
    assert main(["tags"]) == 0
    assert f"{ID}  1       billing  20" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["--set", "0e35"], 2, "--set is not SESSION[:PROMPT]=TAG"),
        (["--set", "0e35:x=docs"], 2, "--set is not"),
        (["--set", "0e35=Docs"], 2, "one lower-case word"),
        (["--set", "0e35="], 2, "--set gives no tag; --remove takes one back"),
        (["--set", "0e35:9=docs"], 2, "has the prompts 0 to 2"),
        (["--set", "ffff=docs"], 1, "no session matches"),
        (["--remove", "0e35:x"], 2, "--remove is not SESSION[:PROMPT]"),
        (["--remove", "0e35"], 1, "no tag was given there"),
        (["--remove", "0e35:1"], 1, "no tag was given there"),
        (["--tag-rules", "missing.toml"], 1, "cannot read the tag rules in missing.toml"),
    ],
)
def test_what_cannot_be_done_is_said_in_one_line(words, code, says, capsys):
    """And nothing is changed."""
    assert main(["tags", *words]) == code
    error = capsys.readouterr().err
    assert says in error
    assert error.count("\n") == 1


def test_a_tag_rule_and_a_file_of_rules_are_used(answer, home):
    """The file of the settings folder without a flag."""
    folder = home / ".config" / "agentpprof"
    folder.mkdir(parents=True)
    (folder / "tags.toml").write_text(
        '[[rule]]\nkind = "prompt"\ntag = "grammar"\npattern = "parser"\n', encoding="utf-8"
    )
    assert answer()["sessions"][0]["prompts"][1]["tag"] == "grammar"
    assert answer("--tag-rule", "prompt:lexer=crash")["sessions"][0]["prompts"][1]["tag"] == "lexer"
