/// <reference lib="dom" />
/** What a game's cues and meters say, as a list of names and values: in the state of a run, and in that of a recording. */
import type { SeenGame } from '../../core/seen-game.js';
import { make, write } from './dom.js';

/** A meter's value in a few figures. */
export function meterText(value: number | null | undefined): string {
  return value === null || value === undefined ? '-' : String(Number(value.toFixed(2)));
}

/** Shows outcomes and meters, by their names in the game file. */
export function showSeen(place: HTMLElement, { outcomes, meters }: SeenGame): void {
  const values = [
    ...Object.entries(outcomes ?? {}).map(([outcome, count]) => [outcome, String(count)]),
    ...Object.entries(meters).map(([name, value]) => [name, meterText(value)]),
  ];
  place.hidden = values.length === 0;
  if (place.dataset.names !== namesOf(values)) {
    place.dataset.names = namesOf(values);
    const empty = values.map(([name]) => make('div', {}, make('dt', {}, name), make('dd', { 'data-seen': name })));
    place.replaceChildren(...empty);
  }
  values.forEach(([, value], index) => write(place.children[index].lastElementChild!, value));
}

function namesOf(values: readonly (readonly string[])[]): string {
  return values.map(([name]) => name).join(' ');
}
