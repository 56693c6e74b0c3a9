"""The nearest of names that are known."""

from echoseq.names import LISTED, did_you_mean, nearest, one_of, unknown, unknown_key

MANY = [f"longer_{n}_of_{m}_{c}" for n in (2, 5) for m in (5, 10) for c in (25, 50, 100, 150)]


def test_the_nearest_name_is_found_whatever_its_case_and_hyphens() -> None:
    names = ["n_in", "n_out", "batch_size", "encoder_decoder_gru"]
    for given, name in [("N-Out", "n_out"), ("batchsize", "batch_size"), ("Batch", "batch_size")]:
        assert nearest(given, names) == [name]
    assert nearest("gru", names) == ["encoder_decoder_gru"]
    assert nearest("xyz", names) == nearest("", names) == nearest("a", []) == []


def test_few_names_are_listed_and_of_many_the_nearest() -> None:
    assert unknown("on", ["one", "two"]) == (
        "expected one of one, two, got 'on'; did you mean one?"
    )
    assert unknown("x", ["one", "two"]) == "expected one of one, two, got 'x'"
    assert len(MANY) > LISTED
    assert unknown("longer_2_of_5_15", MANY).startswith(
        "expected one of 16 names, got 'longer_2_of_5_15'; did you mean longer_2_of_5_150, "
    )
    assert did_you_mean("longer_2_of_5_15", MANY).count("longer") == 5
    assert one_of(MANY, "x") == f"one of 16 names, such as {', '.join(MANY[:5])}"


def test_long_names_are_not_listed_though_they_are_few() -> None:
    assert one_of(["a" * 150, "b" * 150], "c").startswith("one of 2 names, such as ")


def test_a_key_that_is_given_already_is_meant_last() -> None:
    keys = ["n_in", "n_out"]
    assert unknown_key("n_i", keys) == "unknown key; did you mean n_in?"
    assert unknown_key("n_i", keys, ["n_in"]) == "unknown key; did you mean n_in?"
    assert unknown_key("n_on", keys, ["n_out"]) == "unknown key; did you mean n_in?"
    assert unknown_key("n_ot", ["n_out", "n_at"], ["n_out"]) == "unknown key; did you mean n_at?"
    assert unknown_key("x", keys) == "unknown key, expected one of n_in, n_out"


def test_an_unknown_name_is_shown_in_one_line() -> None:
    assert unknown("a\r\nb\0", ["x"]) == "expected one of x, got 'a b?'"
    assert len(unknown("a" * 1000, ["x"])) < 100
