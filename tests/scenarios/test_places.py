"""Places: shipped ones are sourced, a city of one's own fits in one small file, every mistake says where."""

from pathlib import Path

import pytest

from engine.errors import BadInput, MissingField, OutOfRange, UnknownName
from evidence.quantities import inputs, values
from evidence.sources import check_source_keys
from evidence.strata import MOST_GROUPS
from model.measures import STRATA
from model.state import GROUP
from scenarios.names import shipped
from scenarios.places import NAMED_GROUPS, RATES, TAKEN, YOURS, bind, domain_of, find_place, read_place

HEAD = {"title": '"T"', "meaning": '"M."', "currency": '"EUR"', "domain": '"homelessness"'}
SHORT = {
    "crisis_beds": "900",
    "reform_places": "100",
    "rough_stock": "40",
    "inflow": "80",
    "secure_supply": "26",
    "crisis_cost": "30000",
    "reform_cost": "20000",
    "providers": "9",
}


def city(tmp_path: Path, more: str = "", **changes: str | None) -> Path:
    fields = {n: v for n, v in (HEAD | SHORT | changes).items() if v is not None}
    path = tmp_path / "city.toml"
    path.write_text("".join(f"{n} = {v}\n" for n, v in fields.items()) + more)
    return path


def test_a_city_of_ones_own_is_eight_figures_and_an_assumption(tmp_path: Path) -> None:
    place = read_place(city(tmp_path))
    assert set(place.figures) == set(SHORT)
    figure = place.figures["crisis_beds"]
    assert (figure.value, figure.low, figure.high) == (900.0, 450.0, 1800.0)
    assert (figure.mark, figure.source, figure.unit) == ("assumption", YOURS, "beds")
    assert values(*bind(place)).crisis_beds[0] == 900.0


def test_every_shipped_place_says_of_what_year_its_prices_are(tmp_path: Path) -> None:
    for name in shipped("place"):
        place = find_place(name)
        assert place.price_year is not None, name
        assert place.prices == f"{place.price_year} prices"
    assert read_place(city(tmp_path)).prices == "price year not given"
    assert read_place(city(tmp_path, price_year="2024")).price_year == 2024
    with pytest.raises(BadInput, match=r"city\.toml:13, field 'price_year': .*a whole number from 1950 to 2100"):
        read_place(city(tmp_path, price_year="2024.5"))
    with pytest.raises(OutOfRange, match=r"'price_year' is 24, .*1950 to 2100"):
        read_place(city(tmp_path, price_year="24"))


def test_money_of_the_model_in_the_places_own() -> None:
    assert find_place("canada_trial").money(1000.0) == 1400.0
    assert find_place("dublin").money(1000.0) == 1000.0


WOMEN = "[groups.women]\ntitle = 'Women'\nshare = 0.3\nfinds_bed = 0.6\n"
YOUNG = "[groups.young]\ntitle = 'Young people'\nshare = 0.2\nloses_home = 1.5\ndies = 0.5\n"


def test_groups_are_all_who_arrive_in_the_files_order_and_the_rest_comes_last(tmp_path: Path) -> None:
    place = read_place(city(tmp_path, "[groups]\nrest = 'Men'\n" + WOMEN + YOUNG))
    assert [(g.name, g.title, g.share) for g in place.groups] == [
        ("women", "Women", 0.3), ("young", "Young people", 0.2), ("rest", "Men", 0.5)
    ]  # fmt: skip
    assert [g.numbers for g in place.groups] == [
        (0.3, 1.0, 1.0, 1.0, 1.0, 0.6, 1.0), (0.2, 1.0, 1.5, 1.0, 1.0, 1.0, 0.5), (0.5, *[1.0] * len(RATES))
    ]  # fmt: skip
    assert read_place(city(tmp_path, WOMEN)).groups[-1].title == "Others"
    assert read_place(city(tmp_path)).groups == ()
    whole = read_place(city(tmp_path, WOMEN.replace("0.3", "0.8") + YOUNG)).groups
    assert [g.name for g in whole] == ["women", "young"]  # nobody is left


def test_the_shipped_example_has_groups() -> None:
    place = find_place(Path(__file__).parents[2] / "examples" / "my_city_groups.toml")
    assert sum(g.share for g in place.groups) == pytest.approx(1)
    assert len({g.numbers for g in place.groups}) == 3


@pytest.mark.parametrize(
    ("more", "error", "message"),
    [
        ("[groups]\nrest = 'Men'\n", BadInput, r"city\.toml:13, field 'groups': There are 0 groups"),
        ("".join(WOMEN.replace("women", f"g{i}").replace("0.3", "0.1") for i in range(7)), BadInput, "7 groups"),
        (WOMEN.replace("share = 0.3\n", ""), MissingField, r"city\.toml:13, field 'groups\.women': .*'share'"),
        (WOMEN.replace("title = 'Women'\n", ""), MissingField, "'title' is missing"),
        (WOMEN.replace("0.3", "1.3"), OutOfRange, r"city\.toml:15, field 'groups\.women\.share': .*0 to 1"),
        (WOMEN.replace("0.6", "0.05"), OutOfRange, r"city\.toml:16, field 'groups\.women\.finds_bed': .*0\.1 to 10"),
        (WOMEN.replace("0.6", "11"), OutOfRange, r"'finds_bed' is 11"),
        (WOMEN.replace("finds_bed", "find_bed"), UnknownName, r"city\.toml:16, .*Did you mean 'finds_bed'"),
        (WOMEN.replace("0.3", "0.9") + YOUNG, BadInput,
         r"city\.toml:19, field 'groups\.young\.share': .*women 0\.9 \+ young 0\.2 = 1\.1"),
        (WOMEN.replace("groups.women", "groups.Women"), BadInput, r"city\.toml:13, .*'Women' cannot be a name"),
        ("[groups]\nwomen = 0.3\n", BadInput, r"city\.toml:14, field 'groups\.women': .*must be a table"),
    ],
)  # fmt: skip
def test_each_mistake_in_a_group_says_where(tmp_path: Path, more: str, error: type[BadInput], message: str) -> None:
    with pytest.raises(error, match=message):
        read_place(city(tmp_path, more))


def test_groups_fit_the_model_and_their_titles_are_their_own(tmp_path: Path) -> None:
    """scenarios/places.py is read without the model, and so says for itself what the model has room for."""
    assert NAMED_GROUPS + 1 == MOST_GROUPS
    assert {stratum for _, stratum in STRATA.values() if "group" not in stratum} | {"all"} == {*TAKEN}
    assert [*RATES] == [*GROUP.fields][1:]
    for title in ("Women", "need low", "all", "Others"):
        with pytest.raises(BadInput, match=rf"city\.toml:.*The title '{title}' is taken"):
            read_place(city(tmp_path, WOMEN + YOUNG.replace("Young people", title)))


def test_groups_must_be_a_table(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"'groups' must be a table"):
        read_place(city(tmp_path, groups="3"))


def test_the_eight_figures_are_what_only_a_place_can_know() -> None:
    assert {name for name, q in inputs().items() if q.value is None} == set(SHORT)


def test_the_long_form_says_how_far_a_figure_can_be_trusted(tmp_path: Path) -> None:
    text = "[crisis_beds]\nvalue = 900\nhigh = 950\nmark = 'verified'\nsource = 'city report 2025'\nunit = 'beds'\n"
    figure = read_place(city(tmp_path, text, crisis_beds=None)).figures["crisis_beds"]
    assert (figure.value, figure.low, figure.high) == (900.0, 450.0, 950.0)
    assert (figure.mark, figure.source) == ("verified", "city report 2025")
    assert figure.where.line == 12


def test_a_range_that_was_not_given_stays_within_what_is_possible(tmp_path: Path) -> None:
    figures = read_place(city(tmp_path, "unionisation = 0.8\ndemand_growth = -0.04\nsupply_growth = 0\n")).figures
    assert (figures["unionisation"].low, figures["unionisation"].high) == (0.4, 1.0)
    assert (figures["demand_growth"].low, figures["demand_growth"].high) == (-0.08, -0.02)
    assert (figures["supply_growth"].low, figures["supply_growth"].high) == (0.0, 0.0)


def test_other_money_is_counted_in_euros(tmp_path: Path) -> None:
    path = city(tmp_path, currency='"SEK"', per_euro="10", crisis_cost="350000")
    place = read_place(path)
    figure = place.figures["crisis_cost"]
    assert (figure.value, figure.unit, figure.in_model) == (350000.0, "SEK per bed-year", (35000.0, 17500.0, 70000.0))
    row = values(*bind(place))
    assert row.crisis_cost[0] == 35000.0
    assert row.crisis_beds[0] == 900.0
    assert row.staff_cost[0] == inputs()["staff_cost"].value
    with pytest.raises(OutOfRange, match=r"10 to 1,000,000,000 \(SEK per bed-year\)\. At per_euro = 10 it is 0\.5 EUR"):
        read_place(city(tmp_path, currency='"SEK"', per_euro="10", crisis_cost="5"))
    with pytest.raises(MissingField, match=r"city\.toml:3, field 'currency': The field 'per_euro' is missing"):
        read_place(city(tmp_path, currency='"SEK"'))


@pytest.mark.parametrize(
    ("more", "changes", "error", "message"),
    [
        ("", {"title": None}, MissingField, r"city\.toml:1: The field 'title' is missing"),
        ("", {"inflow": None}, MissingField, r"city\.toml:1: The field 'inflow' is missing .*people a month"),
        ("", {"currency": '"euro"'}, BadInput, r"city\.toml:3, field 'currency'.*EUR"),
        ("", {"crisis_bed": "5"}, UnknownName, r"city\.toml:13, field 'crisis_bed'.*Did you mean 'crisis_beds'\?"),
        ("", {"crisis_beds": "0"}, OutOfRange, r"city\.toml:5, field 'crisis_beds'.*1 to 1,000,000 \(beds\)"),
        ("", {"providers": "0"}, OutOfRange, r"city\.toml:12, field 'providers'.*1 to 2000"),
        ("", {"providers": "14.5"}, BadInput, r"city\.toml:12, field 'providers': .*14\.5.*whole number"),
        ("", {"currency": '"XYZ"'}, BadInput, r"city\.toml:3, field 'currency': 'XYZ' is no currency.*ISO 4217"),
        ("", {"crisis_beds": '"900 beds"'}, BadInput, r'city\.toml:5.*"900 beds".*a number.*unit is fixed'),
        ("", {"crisis_beds": "true"}, BadInput, r"city\.toml:5.*is true"),
        ("", {"crisis_beds": "nan"}, BadInput, r"city\.toml:5.*is nan"),
        ("", {"crisis_beds": "[900]"}, BadInput, r"city\.toml:5.*a list"),
        ("new_share = 0.3\n", {}, BadInput, r"city\.toml:13.*is a target"),
        ("[hidden_ratio]\nlow = 1\n", {}, MissingField, r"city\.toml:13, field 'hidden_ratio': The field 'value'"),
        ("[hidden_ratio]\nvalue = 1\nhi = 2\n", {}, UnknownName, r"city\.toml:15, field 'hidden_ratio\.hi'"),
        ("[hidden_ratio]\nvalue = 1\nlow = 2\n", {}, OutOfRange, r"city\.toml:14, field 'hidden_ratio\.value'"),
        (
            "[hidden_ratio]\nvalue = 1\nlow = -0.1\n",
            {},
            OutOfRange,
            r"city\.toml:15, field 'hidden_ratio\.low'.*0 or more",
        ),
        (
            "[hidden_ratio]\nvalue = 1\nunit = '%'\n",
            {},
            BadInput,
            r"city\.toml:15, field 'hidden_ratio\.unit'.*given in %",
        ),
        ("[hidden_ratio]\nvalue = 1\nmark = 'verified'\n", {}, MissingField, r"city\.toml:13.*mark 'verified'"),
        ("[hidden_ratio]\nvalue = 1\nsource = 'S500'\n", {}, UnknownName, r"city\.toml:15.*'S500'"),
        ("[hidden_ratio]\nvalue = 1\nmark = 'sure'\n", {}, UnknownName, r"city\.toml:15.*assumption"),
    ],
)
def test_each_mistake_names_file_line_and_field(
    tmp_path: Path, more: str, changes: dict[str, str | None], error: type[BadInput], message: str
) -> None:
    with pytest.raises(error, match=message):
        read_place(city(tmp_path, more, **changes))


@pytest.mark.parametrize("name", shipped("place"))
def test_shipped_figures_name_keys_of_our_sources_and_explain_themselves(name: str) -> None:
    for figure in find_place(name).figures.values():
        check_source_keys(figure.source)
        assert figure.note or figure.mark == "assumption", figure.name
        assert figure.low < figure.high


def test_dublin_at_real_size() -> None:
    figures = find_place("dublin").figures
    resting = {"home_recycled", "emergency_price"}  # no shipped place sets these: docs/domains/
    assert set(figures) >= {name for name, q in inputs().items() if q.scope == "place"} - resting
    people = 10683 * 0.70 * 0.60
    assert figures["crisis_beds"].value * figures["crisis_stock_share"].value == pytest.approx(people, rel=0.01)
    assert (figures["hidden_ratio"].low, figures["hidden_ratio"].value, figures["hidden_ratio"].high) == (0.5, 1.0, 3.0)
    assert figures["reform_cost"].value == pytest.approx(0.75 * figures["crisis_cost"].value, rel=0.02)
    assert figures["reform_cost"].mark == figures["hidden_ratio"].mark == figures["secure_supply"].mark == "assumption"


def test_layers_domain_place_worldview_set() -> None:
    place = find_place("dublin")
    _, figures, worldview, forced = bind(place, {"context_gap": 0.0, "supply_growth": -0.05}, {"context_gap": 0.4})
    row = values({}, figures, worldview, forced)
    assert (row.context_gap[0], row.supply_growth[0], row.crisis_beds[0]) == (0.4, -0.05, 4530.0)
    with pytest.raises(OutOfRange, match="'context_gap' is 9"):
        bind(place, overrides={"context_gap": 9.0})


def test_a_domain_of_ones_own_lies_where_the_place_says(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Beside the place's file, wherever one happens to stand."""
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    text = (Path(__file__).parents[2] / "scenarios" / "domains" / "education.toml").read_text(encoding="utf-8")
    (tmp_path / "mine.toml").write_text(text.replace('title = "', 'title = "My ', 1), encoding="utf-8")
    place = read_place(city(tmp_path, domain='"mine.toml"'))
    assert domain_of(place).title.startswith("My ")
    with pytest.raises(BadInput, match=r"city\.toml:\d+, field 'domain': There is no domain file '.*other\.toml'"):
        read_place(city(tmp_path, domain='"other.toml"'))
    with pytest.raises(UnknownName, match=r"city\.toml:\d+, field 'domain': .*Did you mean 'homelessness'"):
        read_place(city(tmp_path, domain='"homelesness"'))
