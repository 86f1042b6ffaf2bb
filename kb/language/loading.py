"""Load packs: decode what is in their files, and link it into one `KnowledgeBase`.

Loading goes through all there is before it gives up: files that cannot be read, items that are faulty, names that
nothing defines, findings that rest on themselves. Whoever mends a pack sees everything there is to mend at once, each
mistake once, at its place.

First all names are gathered, from every file of every pack, and it is settled what takes the place of what; then the
items are decoded, questions before the rules and cases that speak of them.
"""

from __future__ import annotations

from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

from msgspec.structs import replace

from kb.language import items
from kb.language.conditions import CONDITION_WORDS
from kb.language.document import START, Fields, Items, Value
from kb.language.extension import PackMerger, Paths, names_in, with_extended
from kb.language.fields import NAME, SECTIONS, SOURCE_NAME, TOPIC_FILE, Item, decode, group, is_name, made
from kb.language.items import ASKED_WHEN, attempt
from kb.language.packs import HEADER, File, PackFiles, all_extended, find_packs, is_same, shipped_pack, words_at
from kb.model.conditions import UNSURE, findings_in, questions_in
from kb.model.dependencies import MOST_NESTED, circles, too_deep, way_back
from kb.model.derivation import last_resorts, rules_of_tables, with_works
from kb.model.knowledge import KnowledgeBase, Question, Rule, attempt_name
from kb.model.packs import Pack
from kb.model.problems import KnowledgeBaseError, Problem
from kb.model.weakening import weakenings
from kb.system.files import HEAD, bundled
from kb.system.process import collector_paused
from kb.text.wrapping import quoted

__all__ = ["bundled", "examine", "linked", "load"]


def load(*paths: Path | str, cases: bool = True, beside: Paths = tuple) -> KnowledgeBase:
    """Return the knowledge base of the packs at `paths`: pack folders, folders of packs, or one-file packs.

    Without `paths` these are the packs that come with the program. The order of `paths` means nothing. Packs that
    others extend come along: from `paths`, from those of `beside`, or from the program. `cases=False` leaves out the
    files under `cases/`, which an interview does not need.

    Raises:
        KnowledgeBaseError: with every problem of every file.
    """
    with collector_paused():
        return linked(with_extended(find_packs(paths or (bundled(),), cases), cases, beside), cases)


def examine(*paths: Path | str, beside: Paths = tuple) -> tuple[KnowledgeBase, tuple[Problem, ...]]:
    """Return the knowledge base of the packs at `paths`, and every problem of their files.

    Where there are problems, the knowledge base holds only what can be relied on: what stands in files without any, and
    speaks of nothing that stands elsewhere. It is good for looking at its rules, and for nothing else.
    """
    with collector_paused():
        packs = with_extended(find_packs(paths or (bundled(),), True), True, beside)
        read_in = _read(packs)
        if read_in.problems:
            return read_in.relied_on(), read_in.problems
        return _with_weakenings(read_in.kb, packs), ()


def linked(packs: list[PackFiles], cases: bool = True) -> KnowledgeBase:
    """Return the knowledge base of packs that are read, each after all that it extends.

    Raises:
        KnowledgeBaseError: with every problem of every pack.
    """
    read_in = _read(packs, cases)
    if read_in.problems:
        raise KnowledgeBaseError(read_in.problems)
    return _with_weakenings(read_in.kb, packs)


def _with_weakenings(kb: KnowledgeBase, packs: list[PackFiles]) -> KnowledgeBase:
    """Return `kb`, which says now how its packs may weaken the safety of those that they extend, or share a name with.

    A pack with the name of a shipped one may be taken for it, so it is compared with it.
    """
    bases: dict[str, KnowledgeBase] = {}
    names = all_extended(packs)
    for pack in packs:
        extended = [other for other in packs if other.key in names[pack.key]]
        shipped = _shipped_of_that_name(pack)
        before = with_extended([shipped], cases=False) if shipped else extended
        if before:
            bases[pack.key] = _read(before, cases=False).kb
    found = tuple(one for pack in kb.packs if pack.id in bases for one in weakenings(kb, bases[pack.id], pack))
    return replace(kb, weakenings=found, bases=bases if found else {})


def _shipped_of_that_name(pack: PackFiles) -> PackFiles | None:
    """Return the shipped pack that has the name of `pack` and is another."""
    shipped = shipped_pack(pack.id, False)
    return None if shipped is None or is_same(shipped, pack) else shipped


class _Read(NamedTuple):
    """What was read, also where it is faulty. `items` are the items as they stand in the files."""

    kb: KnowledgeBase
    problems: tuple[Problem, ...]
    items: dict[str, list[Item]]

    def relied_on(self) -> KnowledgeBase:
        """Return the part of the knowledge base that no problem touches.

        Rules that read findings are left out: whoever finds them may stand where it cannot be read.
        """
        written = [item for section in self.items.values() for item in section]
        doubtful = {item.name for item in written if item.document.problems}
        known = {item.name for item in written} - doubtful
        fields = {item.name: item.fields for item in self.items["rules"]}
        rules = {
            name: rule
            for name, rule in self.kb.rules.items()
            if name in fields
            and name not in doubtful
            and doubtful.isdisjoint(names_in(fields[name]))
            and not findings_in(rule.when)
            and known.issuperset((*questions_in(rule.when), *(target for _, target in rule.effects)))
        }
        questions = {
            name: replace(question, asked_when=None)
            for name, question in self.kb.questions.items()
            if name not in doubtful
        }
        return replace(self.kb, packs=(), cases=(), questions=questions, rules=rules)


def _read(packs: list[PackFiles], cases: bool = True) -> _Read:
    """Decode every item of every pack."""
    merger = PackMerger(packs, cases)
    for pack in packs:
        merger.scope.blind |= pack.blind
        merger.begin(pack)
        for file in pack.files:
            for section, item in _items(merger, file, file.document is pack.head):
                merger.add(section, item)
        merger.end()
    attempts = _attempts(merger)
    decoded: dict[str, Any] = {section: {} for section in items.DECODERS}
    for section, decode_item in items.DECODERS.items():
        for item in merger.of(section):
            read_item = merger.decoded(section, item, decode_item)
            if read_item is not None:
                decoded[section][item.name] = read_item
    _follow_ups(merger, decoded["questions"])
    headers = [_header(merger, pack) for pack in packs]
    _derive(merger, decoded, {header.id for header in headers if header and header.inferred})
    _check_depth({item.name: item for item in merger.of("rules")}, decoded["rules"].values())
    problems = [problem for pack in packs for file in pack.files for problem in file.document.problems]
    problems += merger.problems()
    decoded["questions"].update(attempts)
    recorded = tuple(decoded.pop("cases").values())
    changes = tuple(merger.overrides)
    kb = KnowledgeBase(packs=tuple(one for one in headers if one), cases=recorded, overrides=changes, **decoded)
    return _Read(kb, tuple(sorted(set(_once(problems)))), {section: merger.of(section) for section in SECTIONS})


def _attempts(merger: PackMerger) -> dict[str, Question]:
    """Return for each correction the question how an attempt went. Rules and cases may name it like any other."""
    own = {item.name: item for item in merger.of("questions")}
    found: dict[str, Question] = {}
    for item in merger.of("recommendations"):
        name = attempt_name(item.name)
        if item.fields.get("kind") == "closing":
            continue
        if name in own:
            message = f"no question can be called {quoted(name)}: it is the one how the correction {item.name} went."
            own[name].fault(own[name].at, "bad-id", message, "Choose another name.")
        else:
            title = item.fields.get("title")
            words = title.strip() if isinstance(title, str) else ""
            found[name] = attempt(item.name, words, item.topic, item.place)
            merger.scope.names["questions"][name] = item
    merger.scope.questions.update(found)
    return found


def _follow_ups(merger: PackMerger, questions: dict[str, Question]) -> None:
    """Decode of whom follow-ups are asked, now that all questions are known."""
    follow_ups = {item.name: item for item in merger.of("questions") if ASKED_WHEN in item.fields}
    for name, item in follow_ups.items():
        read = merger.decoded("questions", item, lambda item: items.asked_when(item, follow_ups))
        merger.scope.questions[name] = questions[name] = replace(questions[name], asked_when=read)


def _derive(merger: PackMerger, decoded: dict[str, Any], inferring: Container[str]) -> None:
    """Add what packs leave to the program: rules of tables, last resorts, the works of places."""
    for section, part in (("sources", "in"), ("recommendations", "covers")):
        written = {item.name: item for item in merger.of(section)}
        named = {name: set(words_at(item.fields, part)) for name, item in written.items() if part in item.fields}
        for name in named:
            circle = way_back(name, named)
            if circle and name == min(circle):
                told = ", ".join(
                    f"{quoted(one)} names {quoted(other)}" for one, other in zip(circle, [*circle[1:], name])
                )
                message = f"“{part}” of {written[name]} comes back to itself: {told}."
                written[name].fault(
                    written[name].fields.key_at[part], "circle", message, "Take one of these lines out."
                )
    decoded["sources"] = with_works(decoded["sources"])
    tables = rules_of_tables(decoded["questions"].values(), decoded["findings"])
    rules, findings = last_resorts(decoded["rules"])
    for section, derived in (("rules", tables), ("findings", findings)):
        for item in merger.of(section):
            if item.name in derived:
                message = f"no {item.kind} can be called {quoted(item.name)}: the program makes one of that name."
                item.fault(item.at, "bad-id", message, "Choose another name.")
    inferred = {item.name for item in merger.of("rules") if item.pack in inferring}
    rules = {name: replace(rule, inferred=True) if name in inferred else rule for name, rule in rules.items()}
    decoded["rules"], decoded["findings"] = {**tables, **rules}, {**decoded["findings"], **findings}


def _check_depth(written: Mapping[str, Item], rules: Collection[Rule]) -> None:
    """Report findings that rest on themselves, a circle at its first rule, or else rules that are nested too deep."""
    found = circles(rules)
    for circle in found:
        told = ", ".join(f"{quoted(one)} on {quoted(other)} (rule {rule})" for one, other, rule in circle[:12])
        finding, _, name = circle[0]
        message = f"the finding {quoted(finding)} rests on itself: {told}{', …' * (len(circle) > 12)}."
        way_out = "Take one of these findings out of the “when” of its rule."
        written[name].fault(written[name].at, "circle", message, way_out)
    for rule in () if found else too_deep(rules):
        item = written[rule.id]
        what = f"the conditions of {item}, with those of the findings it rests on,"
        message = f"{what} are more than {MOST_NESTED} steps deep."
        item.fault(item.at, "too-deep", message, "Make several rules of it; or let it rest on fewer findings.")


_OFTEN = frozenset({"unknown-option", *(f"unknown-{kind}" for kind in SECTIONS.values())})


def _once(problems: Iterable[Problem]) -> Iterator[Problem]:
    """Yield problems. A name that nothing defines is one mistake, reported at the first of the places that use it."""
    same: dict[tuple[str, str], list[Problem]] = {}
    for problem in sorted(problems):
        if problem.id in _OFTEN:
            same.setdefault((problem.id, problem.message), []).append(problem)
        else:
            yield problem
    for first, *others in same.values():
        if others:
            more = f" and {len(others) - 3} more places" * (len(others) > 3)
            also = f" (also at {', '.join(str(other.place) for other in others[:3])}{more})."
            first = Problem(first.place, first.id, first.message.removesuffix(".") + also, first.way_out)
        yield first


# --- gathering names ------------------------------------------------------------------------------------------------


def _items(merger: PackMerger, file: File, heads: bool) -> Iterator[tuple[str, Item]]:
    """Yield the items of a file with their sections. Every name is noted in the scope, that of a faulty item too."""
    scope, document, root = merger.scope, file.document, file.document.root
    if document.broken:
        words = document.words()
        scope.hidden |= words
        scope.misnamed |= document.misnamed
        scope.blind |= not words
    if isinstance(root, Items) and not heads:  # a bare list of cases
        yield from _section(merger, file, "cases", root, START)
    elif isinstance(root, Fields):
        if not heads:
            for name in root:
                if name in HEADER.parts and name not in SECTIONS:
                    message = f"{quoted(name)} stands in a topic file."
                    document.fault(root.key_at[name], "unknown-key", message, f"It belongs into “{HEAD}”.")
            others = root.only([name for name in root if name not in HEADER.parts])
            decode(Item(scope, document, "topic file", "", root.at), others, TOPIC_FILE)
        if any(name not in SECTIONS and name not in HEADER.parts for name in root):
            scope.hidden |= document.words()  # one of them may be a section misspelt
        for section in SECTIONS:
            if section in root:
                yield from _section(merger, file, section, root[section], root.value_at[section])
    elif root is not None and not document.problems:
        message = "this is no rule file."
        document.fault(START, "wrong-shape", message, f"Begin it with one of: {', '.join(SECTIONS)}.")


def _section(merger: PackMerger, file: File, section: str, value: Value, at: int) -> Iterator[tuple[str, Item]]:
    """Yield the items of one section of a file."""
    scope, document = merger.scope, file.document
    whole = Item(scope, document, "part", section, at)
    bodies = _bodies(section, whole, value)
    if bodies is None:
        scope.hidden |= document.words()
        return
    pattern = SOURCE_NAME if section == "sources" else NAME
    reserved = (*CONDITION_WORDS, UNSURE) if section == "questions" else ()
    missing: set[str] = set()
    last: Item | None = None
    astray = False
    for name, name_at, body, body_at in bodies:
        if _is_part(section, name, body):
            if not astray:
                message = f"“{name}” is a part of a {SECTIONS[section]}, and stands where the name of one belongs."
                way_out = "Indent it deeper than the name it belongs to; or the line with that name is missing above."
                document.fault(name_at, "wrong-shape", message, way_out)
            if last is not None:
                last.misplaced.add(name)
            astray = True
            continue
        belongs = _section_of(section, body) if isinstance(body, Fields) else section
        last = item = Item(scope, document, SECTIONS[belongs], name, name_at, file.topic, merger.key)
        astray = False
        if belongs != section and belongs not in missing:
            missing.add(belongs)
            message = f"this reads like a {item.kind}, but stands under “{section}”."
            item.fault(name_at, "wrong-shape", message, f"Is a line “{belongs}:” missing above it?")
        taken = merger.claim(belongs, item) if name else None
        if taken is not None:
            first = scope.names[belongs][name].place
            message = f"there are two {belongs} {quoted(name)}; the other one is at {first}."
            item.fault(name_at, "duplicate-id", message, taken)
        elif name and not is_name(item, name, name_at, pattern, reserved):
            scope.misnamed.add(name)
            if not isinstance(body, Fields):
                continue  # what the name was meant to be is anyone's guess
        inside = group(item, "", body, body_at)
        if inside is not None:
            item.fields = inside
            yield belongs, item


def _is_part(section: str, name: str, body: Value) -> bool:
    """Say whether `name`, which stands where an item is named, is rather the name of a part."""
    shape = items.SHAPES.get(section)
    if shape is None or name not in shape.parts:
        return False
    return not isinstance(body, Fields) or not any(part in body for part in shape.required)


def _section_of(section: str, fields: Fields) -> str:
    """Return the section to which an item belongs by what it holds: another than `section` if a heading is missing."""
    own = items.SHAPES.get(section)
    if own is None:
        return section
    begun = not own.needed.isdisjoint(fields)
    if begun and fields.keys() <= own.parts.keys():
        return section
    others = [name for name, shape in items.SHAPES.items() if not shape.lacking(fields)]
    if begun:
        others = [name for name in others if fields.keys() <= items.SHAPES[name].parts.keys()]
    return others[0] if others and (len(others) == 1 or not begun) else section


def _bodies(section: str, whole: Item, value: Value) -> list[tuple[str, int, Value, int]] | None:
    """Return the items of a section, each with its name and the places of both; None if there are none to be read.

    The cases are a list, and the name of a case is its `id`.
    """
    if section == "cases" and isinstance(value, Items):
        return [(*_id(body, at), body, at) for body, at in zip(value, value.item_at)]
    fields = group(whole, "", value, whole.at)
    if fields is None:
        return None
    if section == "cases":
        message = "“cases” is a list, and here stands a group of names and values."
        whole.fault(whole.at, "wrong-shape", message, "Begin every case with “- id: …”.")
        return None
    return [(name, fields.key_at[name], body, fields.value_at[name]) for name, body in fields.items()]


def _id(body: Value, at: int) -> tuple[str, int]:
    """Return the name of a case with its place; no name if it has none that can be read."""
    fields = body if isinstance(body, Fields) else Fields(at)
    name = fields.get("id")
    return (name.strip(), fields.value_at["id"]) if isinstance(name, str) and name.strip() else ("", at)


def _header(merger: PackMerger, pack: PackFiles) -> Pack | None:
    """Decode the header of a pack; one that could not be read in full is not said to lack anything."""
    document, root = pack.head, pack.head.root
    if not isinstance(root, Fields):
        return None
    item = Item(merger.scope, document, "pack", pack.id, root.at, pack=pack.key, fields=root)
    shape = HEADER.optional() if document.broken else HEADER
    if not document.broken and not any(name in root for name in HEADER.required):
        message = f"this file does not say which pack it is: it has no {', '.join(HEADER.required)}."
        document.fault(root.at, "missing-part", message, "Add these, or give the folder of the pack it belongs to.")
        shape = HEADER.optional()
    files = {"files": tuple(file.document.path for file in pack.files)}
    header: Pack = merger.decoded("pack", item, lambda item: made(Pack, item, decode(item, root, shape) | files))
    return header
