/** The real program plays a window of Windows: its keys are witnessed, and a person, another agent and signals come in between. Under Wine. */
import assert from 'node:assert/strict';
import { afterEach, beforeEach, describe, test } from 'node:test';
import { assertError } from '../../testing/cli/cli-errors.js';
import { until } from '../../testing/until.js';
import { PATIENCE_MS, wineForTests, type WineRun } from '../../testing/windows/wine.js';
import { VK, type Witness } from '../../testing/windows/witness.js';

const shared = wineForTests();
const GUARD = 'guard\\main.js';

interface Status {
  readonly state: string;
  readonly held: readonly string[];
}

interface Summary {
  readonly outcome: string;
  readonly edgesSent: number;
}

describe('an agent that plays a window of Windows', { skip: shared.skip }, () => {
  let witness: Witness;
  let agent: WineRun;

  beforeEach(async () => {
    witness = await shared.wine.openWitness();
  });

  afterEach(async () => {
    await agent[Symbol.asyncDispose]();
    await witness[Symbol.asyncDispose]();
  });

  /** Plays until it is ended, and has pressed something. Latency is not what is tested here. */
  async function play(...more: readonly string[]): Promise<void> {
    agent = shared.wine.start([
      ...['play', '--window', 'Witness', '--activate', '--act', 'sample', '--seconds', '300'],
      // on a busy machine a guard that answers late is taken for lost, and the agent is disarmed: it may take its time here
      ...['--budget-ms', '5000', '--lease-ms', '5000', '--view', 'none', '--json', ...more],
    ]);
    await agent.untilSaid('pressing keys through SendInput');
    await until('it presses', () => witness.keys.length > 2, PATIENCE_MS);
  }

  async function status(): Promise<Status> {
    const result = await shared.wine.run(['status', '--json']);
    assert.equal(result.code, 0, result.stderr);
    return result.json() as Status;
  }

  async function stop(): Promise<Summary> {
    const result = await shared.wine.run(['stop', '--json']);
    assert.equal(result.code, 0, result.stderr);
    const played = await agent.result;
    assert.equal(played.code, 0, played.stderr);
    return played.json() as Summary;
  }

  const untilUp = (): Promise<void> => until('no key is down', () => witness.down.size === 0, PATIENCE_MS);
  const untilPresses = (): Promise<void> => {
    const before = witness.keys.length;
    return until('it presses', () => witness.keys.length > before + 1, PATIENCE_MS);
  };

  test('every edge that it reports has reached the window, with the scan codes of its keys, and all are up at the end', async () => {
    await play();
    await until('it has pressed a while', () => witness.keys.length > 20, PATIENCE_MS);
    const seen = await status();
    assert.equal(seen.state, 'armed');
    const summary = await stop();
    assert.equal(summary.outcome, 'stopped');
    await untilUp();
    await until('the last edges have arrived', () => witness.keys.length >= summary.edgesSent, PATIENCE_MS);
    assert.equal(witness.keys.length, summary.edgesSent);
    const held = new Set<number>();
    const places = new Map<number, readonly [number, boolean]>([
      [VK.up, [0x48, true]],
      [VK.down, [0x50, true]],
      [VK.left, [0x4b, true]],
      [VK.right, [0x4d, true]],
      [VK.space, [0x39, false]],
      [VK.f, [0x21, false]],
      [VK.d, [0x20, false]],
    ]);
    for (const { virtualKey, down, scan, extended } of witness.keys) {
      assert.deepEqual([scan, extended], places.get(virtualKey), `virtual key ${virtualKey}`);
      assert.equal(held.has(virtualKey), !down, `virtual key ${virtualKey} went ${down ? 'down' : 'up'} twice`);
      if (down) held.add(virtualKey);
      else held.delete(virtualKey);
    }
    assert.deepEqual([...held], []);
  });

  test('SIGKILL while it plays: the guard releases every key', async () => {
    await play();
    await until('a key is down', () => witness.down.size > 0, PATIENCE_MS);
    process.kill(agent.pid, 'SIGKILL');
    await untilUp();
    await until('the guard has ended', () => shared.wine.processesWith(GUARD).length === 0, PATIENCE_MS);
  });

  test('SIGKILL of its guard: it releases every key, starts another guard, and plays on once it is armed', async () => {
    await play();
    const [first] = shared.wine.processesWith(GUARD);
    await until('a key is down', () => witness.down.size > 0, PATIENCE_MS);
    process.kill(first, 'SIGKILL');
    await untilUp();
    await agent.untilSaid('the key guard runs again');
    assert.ok(!shared.wine.processesWith(GUARD).includes(first));
    assert.equal((await shared.wine.run(['arm'])).code, 0);
    await untilPresses();
    assert.equal((await stop()).outcome, 'stopped');
    await untilUp();
  });

  test("a person's key takes over at once, and the agent takes back when the hand has been quiet", async () => {
    await play('--resume-after', '1');
    shared.wine.xdotool('keydown', 'space');
    await agent.untilSaid('taken-over');
    await until('only the hand is left', () => [...witness.down].join() === `${VK.space}`, PATIENCE_MS);
    assert.equal((await status()).state, 'taken-over');
    assert.deepEqual([...witness.down], [VK.space], 'the agent pressed or released beside a hand');
    shared.wine.xdotool('keyup', 'space');
    await untilPresses();
    assert.equal((await status()).state, 'armed');
    await stop();
    await untilUp();
  });

  test('the panic key releases everything, and nothing but arming ends that', async () => {
    await play('--resume-after', '1');
    shared.wine.xdotool('key', 'F12');
    await agent.untilSaid('panicked');
    await untilUp();
    const before = witness.changes;
    assert.equal((await status()).state, 'panicked');
    assert.equal((await shared.wine.run(['resume'])).code, 0);
    assert.equal((await status()).state, 'panicked');
    assert.equal(witness.changes, before, 'something was pressed');
    assert.equal((await shared.wine.run(['arm'])).code, 0);
    await untilPresses();
    await stop();
  });

  test('while another window is in the foreground no key goes there', async () => {
    await using editor = await shared.wine.openWitness('Editor');
    await play();
    const front = (title: string): string =>
      shared.wine.xdotool('search', '--name', `^${title}$`, 'windowactivate', '--sync');
    front('Editor');
    await untilUp();
    const before = witness.keys.length;
    assert.equal((await status()).held.length, 0);
    shared.wine.xdotool('key', 'z');
    // a key that the agent held goes up wherever the focus is; what goes down there is the hand's alone
    const pressed = (): number[] => editor.keys.filter(({ down }) => down).map(({ virtualKey }) => virtualKey);
    await until('the editor gets the key of a hand', () => pressed().length > 0, PATIENCE_MS);
    assert.deepEqual(pressed(), [VK.z]);
    assert.equal(witness.keys.length, before);
    front('Witness');
    await untilPresses();
    assert.deepEqual(pressed(), [VK.z], 'the agent typed into the editor');
    await stop();
  });

  test('a second agent is refused, and the first plays on', async () => {
    await play();
    const second = await shared.wine.run(['play', '--window', 'Witness', '--act', 'sample', '--seconds', '5']);
    assertError(second, 4, 'keyboard-busy', /Another agent \(process \d+, its key guard \d+\)/);
    await untilPresses();
    await stop();
    await untilUp();
  });

  test('an agent in the background is reached through its named pipe, and ends when it is told to', async () => {
    agent = shared.wine.start([
      ...['play', '--window', 'Witness', '--activate', '--act', 'sample', '--seconds', '300'],
      ...['--budget-ms', '5000', '--detach', '--json'],
    ]);
    const started = await agent.result;
    assert.equal(started.code, 0, started.stderr);
    const { pid, socket } = started.json() as { readonly pid: number; readonly socket: string };
    assert.match(socket, /^\\\\\.\\pipe\\/);
    await untilPresses();
    const listed = (await shared.wine.run(['status', '--json'])).json() as { readonly pid: number };
    assert.equal(listed.pid, pid);
    const stopped = await shared.wine.run(['stop', '--json']);
    assert.equal((stopped.json() as Summary).outcome, 'stopped', stopped.stderr);
    await untilUp();
    await until('it has ended', () => shared.wine.processesWith('understudy.js').length === 0, PATIENCE_MS);
    const gone = await shared.wine.run(['status']);
    assertError(gone, 4, 'no-agent', /No agent runs/);
  });

  test('a window that closes ends the run, and no key stays down', async () => {
    await using watching = await shared.wine.openWitness('Bystander');
    await play();
    await until('a key is down', () => watching.down.size > 0, PATIENCE_MS);
    await witness[Symbol.asyncDispose]();
    const result = await agent.result;
    assert.equal(result.code, 0, result.stderr);
    assert.equal((result.json() as Summary).outcome, 'ended');
    await until('no key is down', () => watching.down.size === 0, PATIENCE_MS);
  });
});
