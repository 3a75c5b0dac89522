/**
 * node fingerprints.js <checkout>: a line a fight of the checkout's arena: how it ended, the state's hash at its end
 * and one over the hashes of all its steps. Fights of every scripted player, on both levels.
 */
import { createHash } from 'node:crypto';
import process from 'node:process';
import { pathToFileURL } from 'node:url';

const SEEDS = [1, 7, 1_000_000];
const LEVELS = ['normal', 'hard'];

const arena = pathToFileURL(`${process.argv[2]}/dist/src/arena/`).href;
const { Fight } = await import(`${arena}fight.js`);
const { createPlayer, PLAYER_NAMES } = await import(`${arena}players/index.js`);

const players = [...PLAYER_NAMES.map((name) => ({ name, patient: false })), { name: 'expert', patient: true }];
for (const { name, patient } of players) {
  for (const level of LEVELS) {
    for (const seed of SEEDS) {
      const { state, steps, end } = play(new Fight({ seed, level }), createPlayer(name, seed, { patient }));
      const who = `${patient ? 'patient ' : ''}${name}`;
      console.log(`${who}, ${level}, seed ${seed}: ${state.outcome} after ${state.step} steps, ${end}, all ${steps}`);
    }
  }
}

function play(fight, player) {
  const hash = createHash('sha256');
  player.reset(fight.state.seed);
  while (fight.outcome === null) {
    fight.step(player.decide(fight.state));
    hash.update(fight.stateHash());
  }
  return { state: fight.state, end: fight.stateHash(), steps: hash.digest('hex').slice(0, 16) };
}
