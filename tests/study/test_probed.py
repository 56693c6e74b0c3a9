"""The sets of states that can be probed, as their files declare them."""

from collections import Counter

from workspaces import PROJECT

from echoseq.answers.memory import SEPARATOR
from echoseq.study.probed import PROBED, SET_OF, meanings_of_probed, sets_of
from echoseq.study.reading import read


def test_the_encoder_comes_first_and_is_all_that_is_probed_by_default() -> None:
    assert list(PROBED)[:2] == ["encoder", "decoder"]
    assert read(PROJECT / "config" / "config.yaml").probing.states == ["encoder"]


def test_every_state_has_a_name_of_its_own_that_facts_can_hold() -> None:
    names = Counter(state for probed in PROBED.values() for state in probed.states)
    assert set(names.values()) == {1}
    assert not [name for name in names if SEPARATOR in name]
    assert (SET_OF["h"], SET_OF["decoder c"]) == ("encoder", "decoder")
    assert sets_of(["decoder h", "h", "decoder c"]) == ["decoder", "encoder"]


def test_an_encoder_knows_what_it_has_read_and_a_decoder_the_whole_window() -> None:
    assert [PROBED["encoder"].known(step, 5) for step in (1, 5)] == [1, 5]
    assert [PROBED["decoder"].known(step, 5) for step in (1, 2)] == [5, 5]


def test_the_meanings_of_columns_tell_of_every_state() -> None:
    meanings = meanings_of_probed()
    assert meanings["states"].startswith("`h`, the output of the encoder")
    assert all(f"`{state}`, " in meanings["states"] for state in SET_OF)
    assert "those of the decoder count values that have been written" in meanings["steps"]
