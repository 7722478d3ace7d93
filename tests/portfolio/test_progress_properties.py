"""What holds of any curriculum and any portfolio, however odd: rule 1 above all."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from portfolio.assessed import Done
from portfolio.outside import Confirmed
from portfolio.progress import credit_bar, do_next, headline, portfolio_progress, programme_table, with_others
from portfolio.record import ModuleRecord, Record, SignedModule
from portfolio.requirements import Standing, blockers, grouped, needs, places, required_modules
from portfolio.states import DONE, ActivityState, ModuleState
from tests.portfolio.records import LIFTED, RULES, SIGNED, TODAY, block, curriculum, module, row, signing

SMALL = st.integers(0, 4)
FINISHED = (ModuleState.READY, ModuleState.SIGNED_OFF)


@st.composite
def modules(draw, code):
    known = draw(st.sets(st.integers(1, 5), max_size=4))
    return module(
        code,
        known=sorted(known),
        complete=draw(st.booleans()),
        expected=draw(st.none() | SMALL),
        assessments=draw(st.none() | st.tuples(st.integers(0, 2), st.integers(0, 2))),
        result=draw(st.booleans()),
        credits=draw(st.sampled_from([0, 5, 10, 20, 60])),
    )


@st.composite
def blocks(draw, at):
    inside = [draw(modules(f"M{at}-{number}")) for number in range(draw(st.integers(0, 4)))]
    codes = [one.code for one in inside]
    options = ()
    if codes and draw(st.booleans()):
        options = tuple(
            draw(st.lists(st.lists(st.sampled_from(codes), min_size=1, unique=True).map(tuple), min_size=1, max_size=3))
        )
    return block(*inside, phase=draw(st.none() | st.integers(1, 3)), options=options)


@st.composite
def held(draw, facts):
    """Any mix of states, confirmation and assessments; and a sign-off against any list, as of an older curriculum."""
    numbers = draw(st.sets(st.integers(1, 6)))
    states = st.sampled_from(list(ActivityState)) | st.just(SIGNED)
    rows = {number: row(number, draw(states), pages=draw(SMALL)) for number in numbers}
    confirmed = draw(st.none() | st.builds(Confirmed, st.none() | SMALL, st.none() | SMALL, st.none() | SMALL))
    signed = None
    if draw(st.integers(0, 3)) == 0:
        against = tuple(sorted(draw(st.sets(st.integers(1, 5)))))
        signed = SignedModule(facts.credits, against, draw(SMALL), draw(SMALL), draw(st.booleans()))
    done = draw(st.builds(Done, SMALL, SMALL, SMALL, st.booleans()))
    return ModuleRecord(rows, confirmed, signed, done)


@st.composite
def records(draw):
    rows = [draw(blocks(at)) for at in range(draw(st.integers(0, 4)))]
    return draw(followed(curriculum(*rows, rules=draw(st.sampled_from([RULES, LIFTED, None])))))


@st.composite
def followed(draw, structure):
    """What somebody holds who follows it."""
    choices = {one.position: len(one.options) for one in structure.blocks if one.options}
    taken = {position: draw(st.integers(0, number - 1)) for position, number in choices.items() if draw(st.booleans())}
    touched = {one.code: draw(held(one)) for one in structure.modules if draw(st.booleans())}
    return Record(ref="p1", structure=structure, modules=touched, taken=taken, closed=draw(st.booleans()))


@settings(max_examples=300)
@given(st.data())
def test_what_is_worked_out_once_of_a_curriculum_holds_of_whoever_follows_it_next(data):
    first = data.draw(records())
    portfolio_progress(first)
    second = data.draw(followed(first.structure))
    alone = replace(second, structure=replace(second.structure))  # of whose curriculum nothing is known yet
    assert portfolio_progress(second).modules == portfolio_progress(alone).modules


@settings(max_examples=300)
@given(records())
def test_a_module_reads_100_percent_exactly_when_it_is_ready_or_signed_off(of):
    for one in portfolio_progress(of).modules.values():
        assert (one.percent == 100) == (one.state in FINISHED)
        assert (one.state == ModuleState.SIGNED_OFF) == (of.module(one.module).signed is not None)


@settings(max_examples=100)
@given(records())
def test_a_module_is_ready_or_signed_off_exactly_when_it_has_no_blocker(of):
    for one in portfolio_progress(of).modules.values():
        assert (blockers(of, one.module) == ()) == (one.state in FINISHED)
        assert one.blockers == blockers(of, one.module)


@settings(max_examples=100)
@given(records())
def test_a_module_without_blockers_has_everything_it_needs(of):
    """Readiness computed here a second way, from the words of rules 2, 3 and 8."""
    for one in portfolio_progress(of).modules.values():
        kept, wanted = of.module(one.module), needs(of, one.module)
        if kept.signed:
            continue
        signed = {number for number, held in kept.activities.items() if held.state in DONE}
        satisfied = (
            (one.module.complete or (kept.confirmed is not None and kept.confirmed.activities is not None))
            and None not in (wanted.cbd, wanted.observed)
            and signed >= set(wanted.activities or ())
            and kept.done.cbd >= wanted.cbd
            and kept.done.dops + kept.done.oce >= wanted.observed
            and (kept.done.university_result or not wanted.university_result)
            and one.standing is Standing.REQUIRED
        )
        assert satisfied == (one.state == ModuleState.READY)


@settings(max_examples=100)
@given(records())
def test_every_other_percentage_is_rounded_down_and_at_most_99(of):
    for one in portfolio_progress(of).modules.values():
        if one.state not in FINISHED and one.percent is not None:
            assert 0 <= one.percent <= 99
            exact = 100 * one.count.done / one.count.base if one.count.base else 0
            assert one.percent <= exact < one.percent + 1 or (one.percent == 99 and exact == 100)
        if one.percent is None:
            assert not one.needs.total_known or one.standing is Standing.NOT_TAKEN


@settings(max_examples=100)
@given(records())
def test_the_counts_by_state_sum_to_the_base_and_the_rows_to_the_whole(of):
    progress = portfolio_progress(of)
    counts = [progress.items, *(one.count for one in progress.modules.values())]
    counts += [one.activities for one in progress.modules.values()]
    for count in counts:
        assert sum(number for _, number in count.by_state) == count.base
        assert 0 <= count.done <= count.base
    assert sum(one.count.base for one in progress.blocks) == progress.items.base
    assert sum(one.count.done for one in progress.blocks) == progress.items.done
    assert sum(one.credits_signed_off for one in progress.blocks) == progress.credits_signed_off


@settings(max_examples=100)
@given(records())
def test_work_so_far_never_reaches_the_whole_before_all_is_signed_off(of):
    progress = portfolio_progress(of)
    assert 0 <= progress.work_so_far <= progress.credits_total
    if not progress.all_signed_off and progress.credits_total:
        assert progress.work_so_far <= progress.credits_total - 1
    if progress.complete:
        assert progress.all_signed_off
    assert progress.complete == (bool(progress.counted) and not progress.blockers)


@settings(max_examples=100)
@given(records(), st.booleans(), st.booleans())
def test_a_portfolio_is_complete_with_everything_signed_off_and_its_awards_and_only_then_is_nothing_left(
    of, given_it, finished
):
    """No page says that nothing is left to do while anything that completion asks for is missing."""
    points = [{"name": "Completion", "requires": [{"overall": 100}, {"award": "MSc"}]}]
    rules = {**(of.structure.rules or RULES), "review_points": points}
    of = replace(of, structure=replace(of.structure, rules=rules), awards={"MSc": TODAY} if given_it else {})
    if finished:
        rules["portfolio"] = LIFTED["portfolio"]
        of = replace(of, taken={one.position: 0 for one in of.structure.blocks if one.options})
        for one in required_modules(of):
            of = signing(of, one.code)
    progress = portfolio_progress(of)
    assert progress.complete == (progress.everything_signed_off and given_it)
    assert (progress.completion == "Complete") == progress.complete
    mine, others = do_next(of, today=TODAY), with_others(of, today=TODAY)
    said = headline(of, mine, others, today=TODAY).words
    if said == "Nothing left to do":
        assert progress.blockers == ()
    if progress.complete and not (of.closed or mine or others):
        assert said == "Nothing left to do"


@settings(max_examples=100)
@given(records())
def test_the_widths_of_the_bar_add_up_to_100_and_its_parts_to_their_block(of):
    bar = credit_bar(portfolio_progress(of))
    if bar.blocks:
        assert round(sum(one.width for one in bar.blocks), 3) == 100
    for before, after in zip(bar.blocks, bar.blocks[1:], strict=False):
        assert round(before.start + before.width, 3) == after.start
    for one in bar.blocks:
        if one.segments:
            assert round(sum(part.width for part in one.segments), 3) == one.width
            assert one.segments[0].x == one.start
    assert sum(one.credits for one in bar.groups) == bar.total
    assert {one.code for one in (*bar.blocks, *bar.diamonds)} == {
        one.module.code for one in portfolio_progress(of).counted
    }


@settings(max_examples=100)
@given(records(), st.data())
def test_signing_one_required_activity_never_lowers_any_number(of, data):
    spots = [(one, place) for one in of.structure.modules for place in places(of, one) if place.required]
    if not spots:
        return
    facts, place = data.draw(st.sampled_from(spots))
    kept = of.module(facts)
    rows = {**kept.activities, place.number: row(place.number, SIGNED)}
    after = replace(of, modules={**of.modules, facts.code: replace(kept, activities=rows)})
    was, now = portfolio_progress(of), portfolio_progress(after)
    assert now.items.base == was.items.base
    for measure in ("credits_signed_off", "work_so_far", "modules_signed_off", "complete"):
        assert getattr(now, measure) >= getattr(was, measure)
    assert now.items.done >= was.items.done
    for code, one in was.modules.items():
        assert (now.modules[code].percent or 0) >= (one.percent or 0)
        assert now.modules[code].share >= one.share
        assert now.modules[code].count.done >= one.count.done
        assert len(now.modules[code].blockers) <= len(one.blockers)


@settings(max_examples=100)
@given(records())
def test_every_page_has_something_to_say_of_any_portfolio(of):
    progress = portfolio_progress(of)
    table = programme_table(progress)
    assert len(table.rows) == len(of.structure.blocks)
    assert all(one.bar.label and one.words for one in table.rows)
    mine, others = do_next(of, today=TODAY), with_others(of, today=TODAY)
    assert all(step.words and step.why and step.tag and step.at for step in mine + others)
    assert headline(of, mine, others, today=TODAY).words
    for one in progress.modules.values():
        assert all(blocker.words and blocker.reason for blocker in one.blockers)
        assert len(grouped(one.blockers)) <= len(one.blockers)
        assert (one.words, one.short, one.state_words) > ("", "", "")
