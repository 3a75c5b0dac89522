/**
 * The study's claims, each judged by the numbers of this run and by nothing else. A difference counts where its 95 %
 * interval leaves zero out; what cannot be decided at this n is said to be undecided.
 */
import { BOSS_BODY } from '../../../src/arena/fight/rules.js';
import type { StudyAction } from '../../../src/core/study-actions.js';
import type { EncoderRow, ModelRow, StudyNumbers } from './rows.js';
import { differenceInterval, pairedInterval, pooled, rankCorrelation, type Played } from './statistics.js';

export type Verdict = 'holds' | 'holds in part' | 'does not hold' | 'undecided' | 'no numbers';

export interface Claim {
  readonly claim: string;
  /** Where the write-up says so, and its figure. */
  readonly said: string;
  readonly verdict: Verdict;
  readonly numbers: string;
}

type Judgement = Pick<Claim, 'verdict' | 'numbers'>;

const NONE: Judgement = { verdict: 'no numbers', numbers: 'the models that it takes are not there yet' };
/** Where both sides win a smaller share than this, or lose one, wins are at an end of their scale. */
const TELLS_LITTLE = 0.1;
/** Pairs that an interval of hits takes. */
const LEAST_FIGHTS = 10;
/** Below this recall an action is as good as never pressed. */
const NEVER = 0.05;
/** That the boss takes in its three phases. */
const ALL_HITS = BOSS_BODY.reduce((sum, { hits }) => sum + hits, 0);
/** Frames of an action below which its recall says nothing. */
const LEAST_SUPPORT = 10;

const mean = (values: readonly number[]): number => values.reduce((sum, value) => sum + value, 0) / values.length;
const two = (value: number): string => value.toFixed(2);
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
const wonText = ({ wins, fights }: Played): string => `${wins} of ${fights}`;
const recallOf = (row: ModelRow, action: StudyAction): number => row.byFrame.scores.perAction[action].recall;
const grid = ({ models }: StudyNumbers): ModelRow[] => models.filter(({ group }) => group === 'grid');
const lossOf = (row: ModelRow): number | 'bce' => (row.loss.kind === 'bce' ? 'bce' : row.loss.alpha);

interface Difference {
  readonly low: number;
  readonly high: number;
  readonly text: string;
}

const playedBy = (rows: readonly ModelRow[]): Played => pooled(rows.map(({ played }) => played));

/**
 * a - b by wins; where hardly any fight, or nearly every one, is won by either, by hits on the boss in the same fights.
 * Null where one of them has not played.
 */
function difference(a: readonly ModelRow[], b: readonly ModelRow[]): Difference | null {
  const [wonA, wonB] = [playedBy(a), playedBy(b)];
  if (wonA.fights === 0 || wonB.fights === 0) return null;
  const rates = [wonA, wonB].map(({ wins, fights }) => wins / fights);
  const tellsLittle = rates.every((rate) => rate < TELLS_LITTLE) || rates.every((rate) => rate > 1 - TELLS_LITTLE);
  const fights = Math.min(...[...a, ...b].filter(({ played }) => played !== null).map(({ hits }) => hits.length));
  if (!tellsLittle || fights < LEAST_FIGHTS) {
    const [low, high] = differenceInterval(wonA, wonB);
    const [d, from, to] = [rates[0] - rates[1], low, high].map((value) => (100 * value).toFixed(0));
    return { low, high, text: `difference ${d} points, 95 % interval ${from} to ${to}` };
  }
  const hitsOf = (rows: readonly ModelRow[], fight: number): number =>
    mean(rows.filter(({ played }) => played !== null).map(({ hits }) => hits[fight]));
  const differences = Array.from({ length: fights }, (_, fight) => hitsOf(a, fight) - hitsOf(b, fight));
  const [low, high] = pairedInterval(differences);
  const [d, from, to] = [mean(differences), low, high].map((value) => value.toFixed(0));
  const text = `wins tell little, so by hits in the same ${fights} fights: difference ${d}, 95 % interval ${from} to ${to}`;
  return { low, high, text };
}

/** Judges that a is better than b. */
function compared(a: readonly ModelRow[], b: readonly ModelRow[], names: readonly [string, string]): Judgement {
  const found = difference(a, b);
  if (found === null) return NONE;
  const verdict = found.low > 0 ? 'holds' : found.high < 0 ? 'does not hold' : 'undecided';
  const [wonA, wonB] = [playedBy(a), playedBy(b)];
  const hits = `mean hits on the boss ${wonA.meanHits.toFixed(0)} and ${wonB.meanHits.toFixed(0)} of ${ALL_HITS}`;
  return { verdict, numbers: `${names[0]} won ${wonText(wonA)}, ${names[1]} ${wonText(wonB)}; ${hits}; ${found.text}` };
}

function collapse(numbers: StudyNumbers): Judgement {
  const baselines = numbers.models.filter(({ group }) => group === 'baseline');
  if (baselines.length === 0) return NONE;
  const actions = ['JUMP', 'DASH', 'LEFT', 'RIGHT'] as const;
  const recalls = baselines.map((row) => actions.slice(0, 3).map((action) => recallOf(row, action)));
  const gone = recalls.flat().filter((recall) => recall <= NEVER).length;
  const verdict = gone === recalls.flat().length ? 'holds' : gone === 0 ? 'does not hold' : 'holds in part';
  const each = baselines.map((row) => {
    const list = actions.map((action) => `${action} ${two(recallOf(row, action))}`).join(', ');
    const { binaryAccuracy } = row.byFrame.scores;
    return `${row.name}: recall ${list}, binary accuracy ${two(binaryAccuracy)}`;
  });
  return { verdict, numbers: each.join('; ') };
}

/** The same architectures with the study's focal loss and with cross-entropy. */
function controls(numbers: StudyNumbers): { focal: ModelRow[]; bce: ModelRow[] } {
  const bce = numbers.models.filter((row) => row.group === 'control' && lossOf(row) === 'bce');
  const focal = grid(numbers).filter((row) =>
    bce.some(({ latent, head }) => row.latent === latent && row.head === head),
  );
  return { focal, bce };
}

function focalHelps(numbers: StudyNumbers): Judgement {
  const { focal, bce } = controls(numbers);
  return compared(focal, bce, ['focal', 'cross-entropy on the same encoder']);
}

function jumpComesBack(numbers: StudyNumbers): Judgement {
  const { focal, bce } = controls(numbers);
  const baselines = numbers.models.filter(({ group }) => group === 'baseline');
  if (focal.length === 0 || baselines.length === 0) return NONE;
  const jump = (rows: readonly ModelRow[]): number => mean(rows.map((row) => recallOf(row, 'JUMP')));
  const [withFocal, without, before] = [jump(focal), jump(bce), jump(baselines)];
  // gone without it, back with it, and by the loss: not by the other encoder alone
  const isBack = before <= NEVER && withFocal > 0.48;
  const byLoss = withFocal > without + NEVER;
  const verdict = isBack && byLoss ? 'holds' : byLoss ? 'holds in part' : 'does not hold';
  const all = grid(numbers).map((row) => `${row.name} ${two(recallOf(row, 'JUMP'))}`);
  const means = `baselines ${two(before)}, cross-entropy on the same encoder ${two(without)}, focal ${two(withFocal)}`;
  return { verdict, numbers: `JUMP recall: ${means}; ${all.join(', ')}` };
}

const drawnBy = ({ threats }: EncoderRow): number => mean(threats.map(({ drawn }) => drawn));

function smallBlurs({ encoders }: StudyNumbers): Judgement {
  const small = encoders.find(({ latent }) => latent === 128);
  const larger = encoders.filter(({ latent }) => latent !== null && latent > 128);
  if (small === undefined || larger.length === 0) return NONE;
  // worse than one size alone may be that size's luck
  const ratios = larger.map((row) => drawnBy(small) / drawnBy(row));
  const isWorse = ratios.every((ratio) => ratio < 0.9);
  const verdict = isWorse ? 'holds' : ratios.every((ratio) => ratio >= 0.98) ? 'does not hold' : 'undecided';
  const all = encoders.map((row) => `${row.latent ?? 'baseline'} ${two(drawnBy(row))}`).join(', ');
  return { verdict, numbers: `threats drawn, mean over the phases (1: all of it): ${all}` };
}

/** Models of the grid by latent size. */
function byLatent(numbers: StudyNumbers): Map<number, ModelRow[]> {
  const sizes = new Map<number, ModelRow[]>();
  for (const row of grid(numbers)) sizes.set(row.latent!, [...(sizes.get(row.latent!) ?? []), row]);
  return sizes;
}

const composites = (rows: readonly ModelRow[]): number => mean(rows.map(({ validation }) => validation.composite));

function middleIsBest(numbers: StudyNumbers): Judgement {
  const sizes = byLatent(numbers);
  const middle = sizes.get(512);
  if (middle === undefined || sizes.size < 2) return NONE;
  const differences = [...sizes].flatMap(([latent, rows]) => (latent === 512 ? [] : [difference(middle, rows)]));
  const found = differences.filter((one) => one !== null);
  if (found.length < differences.length) return NONE;
  const beatsAll = found.every(({ low }) => low > 0);
  const isBeaten = found.some(({ high }) => high < 0);
  const all = [...sizes].map(([latent, rows]) => {
    const played = playedBy(rows);
    return `${latent}: won ${wonText(played)}, hits ${played.meanHits.toFixed(0)}, composite ${two(composites(rows))}`;
  });
  return { verdict: beatsAll ? 'holds' : isBeaten ? 'does not hold' : 'undecided', numbers: all.join('; ') };
}

function largeOverfits(numbers: StudyNumbers): Judgement {
  const sizes = byLatent(numbers);
  const [middle, large] = [sizes.get(512), sizes.get(1024)];
  if (middle === undefined || large === undefined) return NONE;
  const gap = (rows: readonly ModelRow[]): number => mean(rows.map(({ fit }) => fit.validationLoss / fit.trainLoss));
  const worse = composites(large) < composites(middle);
  const wider = gap(large) > 1.1 * gap(middle);
  const verdict = worse && wider ? 'holds' : !worse && !wider ? 'does not hold' : 'undecided';
  const all = [...sizes].map(
    ([latent, rows]) =>
      `${latent}: validation over training loss ${two(gap(rows))}, composite ${two(composites(rows))}`,
  );
  return { verdict, numbers: all.join('; ') };
}

function gruOverLstm(numbers: StudyNumbers): Judgement {
  const of = (kind: 'gru' | 'lstm'): ModelRow[] => grid(numbers).filter(({ head }) => head === kind);
  const judged = compared(of('gru'), of('lstm'), ['GRU over all sizes', 'LSTM']);
  const pairs = [...byLatent(numbers)].map(([latent, rows]) => {
    const one = (head: string): string => {
      const row = rows.find((model) => model.head === head);
      return row === undefined
        ? '-'
        : `${row.played === null ? '-' : wonText(row.played)} (${two(row.validation.composite)})`;
    };
    return `${latent}: GRU ${one('gru')}, LSTM ${one('lstm')}`;
  });
  return { verdict: judged.verdict, numbers: `${judged.numbers}; won (and composite) at ${pairs.join('; ')}` };
}

function preciseButShy(numbers: StudyNumbers): Judgement {
  const row = grid(numbers).find(({ latent, head }) => latent === 512 && head === 'gru') ?? grid(numbers).at(-1);
  if (row === undefined) return NONE;
  const { perAction } = row.byFrame.scores;
  const actions = (['LEFT', 'RIGHT', 'JUMP', 'DASH'] as const).filter(
    (action) => perAction[action].support >= LEAST_SUPPORT,
  );
  if (actions.length === 0) return NONE;
  const precision = mean(actions.map((action) => perAction[action].precision));
  const recall = mean(actions.map((action) => perAction[action].recall));
  const verdict =
    precision > 0.9 && precision - recall > 0.2
      ? 'holds'
      : precision - recall > 0.1
        ? 'holds in part'
        : 'does not hold';
  const each = actions.map((action) => {
    const { precision: p, recall: r, support } = perAction[action];
    return `${action} ${two(p)} and ${two(r)} (n = ${support})`;
  });
  return { verdict, numbers: `${row.name}, precision and recall: ${each.join(', ')}` };
}

function upInPhaseThree(numbers: StudyNumbers): Judgement {
  const rows = grid(numbers);
  if (rows.length === 0) return NONE;
  const tied = rows.filter(({ byFrame }) =>
    byFrame.up.every(({ phase, frames, byModel }) => frames === 0 || (phase === 3 ? byModel > 0.9 : byModel < 0.1)),
  );
  const verdict = tied.length === rows.length ? 'holds' : tied.length === 0 ? 'does not hold' : 'holds in part';
  const phases = ([1, 2, 3] as const).map((phase) => {
    const shares = rows.map(({ byFrame }) => byFrame.up[phase - 1]);
    const models = shares.map(({ byModel }) => byModel);
    const span = `${percent(Math.min(...models))} to ${percent(Math.max(...models))}`;
    return `phase ${phase}: expert ${percent(shares[0].byExpert)}, models ${span} of ${shares[0].frames} frames`;
  });
  return { verdict, numbers: `UP held in ${phases.join('; ')}` };
}

function alphaAgainstRare(numbers: StudyNumbers): Judgement {
  const higher = numbers.models.filter((row) => row.group === 'control' && row.loss.kind === 'focal');
  const study = grid(numbers).filter(({ latent, head }) =>
    higher.some((row) => row.latent === latent && row.head === head),
  );
  const judged = compared(higher, study, ['alpha 0.5 and 0.75', 'alpha 0.25']);
  const each = [...study, ...higher].map((row) => {
    const won = row.played === null ? '-' : wonText(row.played);
    return `alpha ${lossOf(row)}: won ${won}, JUMP recall ${two(recallOf(row, 'JUMP'))}, DASH ${two(recallOf(row, 'DASH'))}`;
  });
  return { verdict: judged.verdict, numbers: [judged.numbers, ...each].join('; ') };
}

function compositeRanks(numbers: StudyNumbers): Judgement {
  const rows = numbers.models.filter(({ played }) => played !== null);
  const correlation = rankCorrelation(
    rows.map(({ validation }) => validation.composite),
    rows.map(({ played }) => played!.winRate),
  );
  if (rows.length < 3 || Number.isNaN(correlation)) return NONE;
  const best = [...rows].sort((a, b) => b.validation.composite - a.validation.composite)[0];
  const champion = [...rows].sort((a, b) => b.played!.winRate - a.played!.winRate)[0];
  const verdict = correlation > 0.8 ? 'holds' : correlation < 0.5 ? 'does not hold' : 'undecided';
  const firsts = `best composite: ${best.name} (won ${wonText(best.played!)}), most wins: ${champion.name} (${wonText(champion.played!)})`;
  return { verdict, numbers: `rank correlation ${two(correlation)} over ${rows.length} models; ${firsts}` };
}

/** All claims, judged. */
export function judgeClaims(numbers: StudyNumbers): Claim[] {
  const judged: readonly (readonly [claim: string, said: string, judge: (numbers: StudyNumbers) => Judgement])[] = [
    ['Cross-entropy collapses to the majority: JUMP, DASH and LEFT are never pressed', '4.1: F1 0.00', collapse],
    ['Focal loss helps', '4.2, by F1; here by wins of the same architectures', focalHelps],
    ['Focal loss brings JUMP back', '1.4: recall above 0.60; figure 10: 0.48', jumpComesBack],
    ['A latent of 128 blurs small threats', '4.2: composite 0.43', smallBlurs],
    ['A latent of 512 is best', '4.2: composite 0.67; here by wins', middleIsBest],
    ['A latent of 1024 overfits', '4.2: composite 0.50', largeOverfits],
    ['GRU is better than LSTM', '1.4; in its table at 512 only; here by wins', gruOverLstm],
    ['High precision, low recall of evasive actions', '4.4: precision above 0.91, recall 0.25 to 0.56', preciseButShy],
    ['UP is tied to phase 3', '4.1 and 4.4: F1 above 0.99', upInPhaseThree],
    ['A press should weigh more than the 0.25 that the study gives it', 'not in the study', alphaAgainstRare],
    ['The composite score ranks agents', '4.2 chooses by it; here against wins', compositeRanks],
  ];
  return judged.map(([claim, said, judge]) => ({ claim, said, ...judge(numbers) }));
}
