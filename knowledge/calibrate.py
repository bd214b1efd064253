"""Fit the ranking, the sense of what is usual and the confidence to labelled questions.

Every answerable question is asked twice: as it is, and with its right documents hidden. What comes
up then is the kind of wrong passage that looks right, the hardest thing to refuse. What is told of a
fit is measured on questions about documents that it has not seen.
"""

import zlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np
import yaml
from numpy.typing import NDArray

from knowledge.confidence import CLUES, Calibration, Features, Reading
from knowledge.cross_encoder import learnt
from knowledge.encoder import Encoder
from knowledge.gathering import Question
from knowledge.passages import Passage
from knowledge.ranking import FEWEST, Clues, clues
from knowledge.search import LOOKED_AT, Search, question_words

Asked = Literal["answerable", "hidden", "unanswerable"]

RIDGE = 1.0
RANKING_RIDGE = 0.5
FOLDS = 10
HIDDEN_WEIGHT = 0.5
"""Samples with hidden documents are of our making, and now and then another page does answer."""
USUAL_RIDGE = 3.0
USUAL_SCALE = 4
"""Brings most questions between -1 and 1, as the other features are."""
FALSE_ANSWERS = 0.03
"""Share of the questions without an answer that may pass the threshold; of new ones half as many more do."""
FALSE_CERTAINTY = 0.015
"""Share of them that may be answered without a hedge."""
UNREAD_CERTAINTY = 0.0075
"""Share of them that may be answered without asking the cross-encoder."""
UNSURE = 0.3
"""Confidence below which it is not asked either."""

Column = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Case:
    question: str
    language: str
    expected: tuple[str, ...] = ()
    """Documents that answer it, by id, or by id and section as `id › section`; none when nothing does."""

    def is_answered_by(self, passage: Passage) -> bool:
        return bool({passage.document_id, f"{passage.document_id} › {passage.section}"} & set(self.expected))

    @property
    def documents(self) -> frozenset[str]:
        return frozenset(expected.partition(" › ")[0] for expected in self.expected)


@dataclass(frozen=True, slots=True)
class Trial:
    """Questions and the index that they are asked of."""

    name: str
    """Trials of one name are counted together."""
    search: Search
    cases: tuple[Case, ...]


@dataclass(frozen=True, slots=True)
class Sample:
    features: Features
    answers: bool
    asked: Asked
    """`hidden` is an answerable question whose documents were hidden."""
    group: str
    """What it is about: a document, the same in every language, or nothing the shop has."""
    trial: str = ""
    """The name of the trial that it is of."""
    logit: float | None = None
    """What the cross-encoder says, where there is one."""

    @property
    def weight(self) -> float:
        return HIDDEN_WEIGHT if self.asked == "hidden" else 1.0


def load_cases(path: Path) -> list[Case]:
    """Cases from YAML: a list of {question, language, expected}."""
    rows = yaml.safe_load(path.read_text(encoding="utf-8"))
    return [Case(row["question"], row["language"], tuple(row.get("expected") or ())) for row in rows]


def fit(trials: Sequence[Trial], encoder: Encoder, strangers: Sequence[Case] = ()) -> Calibration:
    """Weights of the ranking, then of the confidence, and the bars, from all trials.

    They should hold the same documents with and without questions: a shop may list some, all or none.
    The searches rank by the fitted weights from then on. ValueError without both outcomes.

    `strangers` are questions that pages seldom answer; against them, those that pages list sound usual.
    None of them should be a case: the confidence would trust too much what it learnt by heart.
    """
    ranking = fit_ranking([pool for one in trials for pool in pools(one.cases, one.search, encoder)])
    usual = fit_usual(strangers, [one.search for one in trials], encoder)
    for one in trials:
        one.search.calibration = replace(one.search.calibration, ranking=ranking, usual=usual)
    samples = [sample for one in trials for sample in collect(one, encoder)]
    labels = np.array([sample.answers for sample in samples])
    if not labels.any() or labels.all():
        raise ValueError("calibration needs questions that are answered and questions that are not")
    unseen = cross_validated(samples)
    solution = _logistic(_rows(samples), samples)
    reading, unseen = fit_reading(samples, unseen)
    names = list(Features._fields)
    fitted = Calibration(
        ranking=ranking,
        weights={name: round(float(value), 4) for name, value in zip(names, solution[:-1], strict=True)},
        bias=round(float(solution[-1]), 4),
        threshold=round(_bar(samples, unseen), 3),
        sure=round(_bar(samples, unseen, FALSE_CERTAINTY), 3),
        usual=usual,
        encoder=encoder.fingerprint,
        reading=reading,
    )
    return replace(fitted, figures=figures(samples, unseen))


@dataclass(frozen=True, slots=True)
class Pool:
    """The candidates of an answerable question, of which one at least answers it."""

    clues: Clues
    answers: NDArray[np.bool_]

    @property
    def filled(self) -> Clues:
        """With rows of zeros, as `ranking.ranked` fills a pool up."""
        return np.vstack([self.clues, np.zeros((max(0, FEWEST - len(self.clues)), len(CLUES)))])


def pools(cases: Sequence[Case], search: Search, encoder: Encoder) -> list[Pool]:
    """One for each case whose answer is among the candidates."""
    found: list[Pool] = []
    vectors = encoder.embed_queries([case.question for case in cases])
    for case, vector in zip(cases, vectors, strict=True):
        question = Question(vector, question_words(case.question), case.language)
        candidates = search.candidates(question, search.shelves(case.language)) if case.expected else []
        known = {one.hit.passage.id: one for one in search.fetched(candidates, question, len(candidates))}
        pool = [one for one in candidates if one.id in known]
        answers = np.array([case.is_answered_by(known[one.id].hit.passage) for one in pool], dtype=bool)
        if answers.any():
            found.append(Pool(clues([one.seen for one in pool]), answers))
    return found


def fit_ranking(pools: Sequence[Pool]) -> dict[str, float]:
    """Weights under which the answers' share of the chance is largest: a conditional logit, by Newton's method.

    ValueError without pools.
    """
    if not pools:
        raise ValueError("calibration needs questions that are answered")
    weights = np.zeros(len(CLUES))
    loss = _loss(pools, weights)
    for _ in range(100):
        slope, curve = _derivatives(pools, weights)
        step = np.linalg.solve(curve, slope)
        # Half steps where a whole one goes too far: the curve is an approximation.
        while (after := _loss(pools, weights - step)) > loss and np.abs(step).max() > 1e-6:
            step = step / 2
        if np.abs(step).max() <= 1e-6:
            break
        weights, loss = weights - step, after
    return {name: round(float(value), 3) for name, value in zip(CLUES, weights, strict=True)}


def _loss(pools: Sequence[Pool], weights: Column) -> float:
    shares = [_softmax(pool.filled @ weights)[: len(pool.answers)][pool.answers].sum() for pool in pools]
    return float(RANKING_RIDGE / 2 * weights @ weights - np.log(shares).sum())


def _derivatives(pools: Sequence[Pool], weights: Column) -> tuple[Column, Column]:
    """First and second, the latter without the answers' own spread, which keeps it positive."""
    slope, curve = RANKING_RIDGE * weights, RANKING_RIDGE * np.eye(len(weights))
    for pool in pools:
        rows, right = pool.filled, pool.clues[pool.answers]
        shares = _softmax(rows @ weights)
        mean = shares @ rows
        slope = slope + mean - _softmax(right @ weights) @ right
        curve = curve + (rows * shares[:, None]).T @ rows - np.outer(mean, mean)
    return slope, curve


def _softmax(scores: Column) -> Column:
    shares: Column = np.exp(scores - scores.max())
    shares /= shares.sum()
    return shares


def fit_usual(strangers: Sequence[Case], searches: Sequence[Search], encoder: Encoder) -> tuple[float, ...]:
    """Weights and bias that tell the questions that the searches' pages list from `strangers`.

    All are seen from the middle of the first search's languages.
    """
    found = dict.fromkeys(asked for search in searches for asked in search.listed())
    listed = [Case(question, language) for question, language in found]
    if not strangers or not listed:
        return ()
    rows = []
    for among in (listed, strangers):
        vectors = encoder.embed_queries([case.question for case in among])
        pairs = zip(vectors, among, strict=True)
        rows.append(np.array([searches[0].centred(vector, case.language) for vector, case in pairs]))
    labels = np.repeat([1.0, 0.0], [len(listed), len(strangers)])
    weights = np.repeat([len(strangers) / len(listed), 1.0], [len(listed), len(strangers)])
    solution = _newton(np.vstack(rows).astype(np.float64), labels, weights, USUAL_RIDGE) / USUAL_SCALE
    return tuple(round(float(value), 3) for value in solution)


def collect(trial: Trial, encoder: Encoder) -> list[Sample]:
    """The first hit's features for every case, and again for answerable ones with the answer hidden."""
    cases, search = trial.cases, trial.search
    vectors = encoder.embed_queries([case.question for case in cases])
    samples: list[Sample] = []
    for case, vector in zip(cases, vectors, strict=True):
        question = Question(vector, question_words(case.question), case.language)
        for hidden in (frozenset[str](), case.documents) if case.expected else (frozenset[str](),):
            candidates = search.candidates(question, search.shelves(case.language), without=hidden)
            asked: Asked = "hidden" if hidden else "answerable" if case.expected else "unanswerable"
            group = min(case.documents, default=case.question)
            samples += [
                Sample(
                    found[0].features,
                    case.is_answered_by(found[0].hit.passage),
                    asked,
                    group,
                    trial.name,
                    best.logit if (best := search.read(found, case.question)) else None,
                )
                for found in [search.fetched(candidates, question, LOOKED_AT)]
                if found
            ]
    return samples


def cross_validated(samples: Sequence[Sample]) -> Column:
    """Confidence in each sample of a fit to the samples of other groups."""
    return _held_out(_rows(samples), samples)


def fit_reading(samples: Sequence[Sample], chances: Column) -> tuple[Reading | None, Column]:
    """What the cross-encoder's word is worth beside the features, and each sample's confidence with it.

    The confidence that is given, without it, and the one that is returned are of fits to other groups' samples.
    None without a cross-encoder.
    """
    logits = np.array([np.nan if sample.logit is None else sample.logit for sample in samples])
    if np.isnan(logits).any():
        return None, chances
    certain = _bar(samples, chances, UNREAD_CERTAINTY)
    read = (chances >= UNSURE) & (chances < certain)
    rows = np.column_stack([_rows(samples), logits])[read]
    asked = [sample for sample, one in zip(samples, read, strict=True) if one]
    found = chances.copy()
    found[read] = _held_out(rows, asked)
    *weights, logit, bias = (round(float(value), 4) for value in _logistic(rows, asked))
    named = dict(zip(Features._fields, weights, strict=True))
    return Reading(UNSURE, round(certain, 3), named, logit, bias, learnt()), found


def _held_out(rows: Column, samples: Sequence[Sample]) -> Column:
    """Each sample's chance by a fit to those of other groups."""
    folds = _folds(samples)
    chances = np.zeros(len(samples))
    for fold in np.unique(folds):
        others = [sample for sample, own in zip(samples, folds, strict=True) if own != fold]
        chances[folds == fold] = _chances(rows[folds == fold], _logistic(rows[folds != fold], others))
    return chances


def figures(samples: Sequence[Sample], chances: Column) -> dict[str, float]:
    """Shares answered, each fold's by a threshold set on the others, and the Brier score."""
    folds = _folds(samples)
    bars = {
        fold: _bar(
            [one for one, own in zip(samples, folds, strict=True) if own != fold], chances[folds != fold]
        )
        for fold in np.unique(folds)
    }
    passed = chances >= np.array([bars[fold] for fold in folds])
    answers = np.array([sample.answers for sample in samples])
    asked = np.array([sample.asked for sample in samples])
    counted = {
        "answered_right": (passed & answers, asked == "answerable"),
        "answered_beside": (passed & ~answers, asked == "answerable"),
        "answered_unanswerable": (passed, asked == "unanswerable"),
        "answered_hidden": (passed, asked == "hidden"),
        "first_right": (answers, asked == "answerable"),
    }
    shares = {name: what[among].mean() for name, (what, among) in counted.items() if among.any()}
    shares |= {"brier": ((chances - answers) ** 2).mean(), "samples": len(samples)}
    return {name: round(float(value), 4) for name, value in shares.items()}


def _folds(samples: Sequence[Sample]) -> NDArray[np.int64]:
    return np.array([zlib.crc32(sample.group.encode()) % FOLDS for sample in samples])


def _bar(samples: Sequence[Sample], chances: Column, most: float = FALSE_ANSWERS) -> float:
    """The lowest confidence that at most such a share of the questions without an answer reach, in every trial."""
    asked = np.array([sample.asked for sample in samples])
    # What another page may answer after all is no measure, unless there is no better one.
    choices = (asked == "unanswerable", asked == "hidden", [not sample.answers for sample in samples])
    without = next(choice for choice in choices if np.any(choice))
    trials = np.array([sample.trial for sample in samples])[without]
    reached = [chances[without][trials == trial] for trial in np.unique(trials)]
    bars = np.linspace(0.05, 0.95, 181)
    return next((float(bar) for bar in bars if all((one >= bar).mean() <= most for one in reached)), 0.95)


def _rows(samples: Sequence[Sample]) -> Column:
    return np.array([sample.features for sample in samples], dtype=np.float64)


def _chances(rows: Column, solution: Column) -> Column:
    chances: Column = 1 / (1 + np.exp(-np.clip(rows @ solution[:-1] + solution[-1], -30, 30)))
    return chances


def _logistic(rows: Column, samples: Sequence[Sample]) -> Column:
    labels = np.array([sample.answers for sample in samples], dtype=np.float64)
    return _newton(rows, labels, np.array([sample.weight for sample in samples]), RIDGE)


def _newton(rows: Column, labels: Column, weights: Column, shrink: float) -> Column:
    """Weights and bias of a logistic model, the weights shrunk a little towards 0."""
    design = np.hstack([rows, np.ones((len(rows), 1))])
    ridge = shrink * np.eye(design.shape[1])
    ridge[-1, -1] = 1e-6
    solution = np.zeros(design.shape[1])
    for _ in range(50):
        chance = _chances(rows, solution)
        slope = design.T @ (weights * (chance - labels)) + ridge @ solution
        curve = (design * (weights * chance * (1 - chance))[:, None]).T @ design + ridge
        step = np.linalg.solve(curve, slope)
        solution -= step
        if np.abs(step).max() < 1e-8:
            break
    return solution
