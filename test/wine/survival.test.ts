/** Ends a daemon that holds five keys on Windows, its guard, and both, and asks Windows which keys are down. Under Wine. */
import assert from 'node:assert/strict';
import { before, describe, test } from 'node:test';
import { until } from '../../testing/until.js';
import { PATIENCE_MS, wineForTests, type WineRun } from '../../testing/windows/wine.js';
import { VK, type Witness } from '../../testing/windows/witness.js';

const shared = wineForTests();
const GUARD = 'guard\\main.js';
/** UP, JUMP, SHOOT, RIGHT and DASH: see agent-with-held-keys.ts. */
const HELD = [VK.up, VK.space, VK.f, VK.right, VK.d];

describe('whatever becomes of a daemon that holds five keys on Windows, none stays down', { skip: shared.skip }, () => {
  let witness: Witness;

  before(async () => {
    witness = await shared.wine.openWitness();
  });

  const guards = (): number[] => shared.wine.processesWith(GUARD);
  const untilDown = (keys: readonly number[]): Promise<void> =>
    until(
      `down are ${keys.join()}`,
      () => witness.down.size === keys.length && keys.every((key) => witness.down.has(key)),
      PATIENCE_MS,
    );
  const untilUp = (): Promise<void> => until('no key is down', () => witness.down.size === 0, PATIENCE_MS);
  const untilNoGuard = (): Promise<void> => until('the guard has ended', () => guards().length === 0, PATIENCE_MS);

  async function startAgent(): Promise<WineRun> {
    const agent = shared.wine.startProbe('agent/agent-with-held-keys', ['hold', '250', '20', '5']);
    await until('it says that it holds its keys', () => agent.printed.includes('}'), PATIENCE_MS);
    await untilDown(HELD);
    return agent;
  }

  test('ten times SIGKILL of the daemon: the guard releases every key and ends', async () => {
    for (let kill = 0; kill < 10; kill += 1) {
      await using agent = await startAgent();
      assert.equal(guards().length, 1);
      process.kill(agent.pid, 'SIGKILL');
      await untilUp();
      await untilNoGuard();
    }
  });

  test('SIGSTOP of the daemon: its lease ends and the keys go up, and down again when it continues', async () => {
    await using agent = await startAgent();
    process.kill(agent.pid, 'SIGSTOP');
    await untilUp();
    process.kill(agent.pid, 'SIGCONT');
    await untilDown(HELD);
    process.kill(agent.pid, 'SIGKILL');
    await untilUp();
    await untilNoGuard();
  });

  test('SIGKILL of the guard: the daemon releases its keys, and ends where it may not start another', async () => {
    await using agent = await startAgent();
    for (const pid of guards()) process.kill(pid, 'SIGKILL');
    await untilUp();
    const { code, stderr } = await agent.result;
    assert.equal(code, 1);
    assert.match(stderr, /The key guard .* every key was released/);
  });

  /** The daemon cannot help while it is stopped. */
  async function killBoth(agent: WineRun): Promise<void> {
    process.kill(agent.pid, 'SIGSTOP');
    for (const pid of guards()) process.kill(pid, 'SIGKILL');
    process.kill(agent.pid, 'SIGKILL');
    await agent.result;
    await untilNoGuard();
  }

  async function killBothOfFive(): Promise<void> {
    await using agent = await startAgent();
    await killBoth(agent);
  }

  test('SIGKILL of both at once: `understudy release` releases what they left', async () => {
    await killBothOfFive();
    const left = witness.down.size; // none where the machine was so slow that the lease had ended before
    const result = await shared.wine.run(['release', '--json']);
    assert.equal(result.code, 0, result.stderr);
    const { released } = result.json() as { released: readonly string[] };
    assert.equal(released.length, left, result.stdout);
    await untilUp();
  });

  test('SIGKILL of both at once: the next agent releases what they left before it presses', async () => {
    await killBothOfFive();
    await using agent = shared.wine.startProbe('agent/agent-with-held-keys', ['hold', '250', '20', '1']);
    await until('it holds its key', () => agent.printed.includes('}'), PATIENCE_MS);
    await untilDown([VK.up]);
    process.kill(agent.pid, 'SIGKILL');
    await untilUp();
    await untilNoGuard();
  });

  // Windows calls it Home then, as the key beside it
  test('SIGKILL of both at once while a key of the number pad is down and NumLock is off: it is released', async () => {
    await using agent = shared.wine.startProbe('agent/agent-with-held-keys', ['hold', '250', '20', '2', 'JUMP=KP_7']);
    await untilDown([VK.up, VK.home]);
    await killBoth(agent);
    const result = await shared.wine.run(['release', '--json']);
    assert.equal(result.code, 0, result.stderr);
    await untilUp();
  });

  test('a mouse button goes down only while the pointer is in the window, and up when the daemon is killed', async () => {
    const holdButton = (): WineRun =>
      shared.wine.startProbe('agent/agent-with-held-keys', [
        ...['hold', '250', '20', '2', 'JUMP=mouse:left', `${witness.id}`],
      ]);
    shared.wine.xdotool('mousemove', '1200', '700');
    {
      await using outside = holdButton();
      await until('it holds its other key', () => witness.down.has(VK.up), PATIENCE_MS);
      process.kill(outside.pid, 'SIGKILL');
      await untilUp();
      await untilNoGuard();
      assert.deepEqual(witness.clicks, []);
    }
    shared.wine.xdotool('search', '--name', '^Witness$', 'mousemove', '--window', '%1', '100', '90');
    await using inside = holdButton();
    await until('the button goes down', () => witness.clicks.length > 0, PATIENCE_MS);
    process.kill(inside.pid, 'SIGKILL');
    await until('the button goes up', () => witness.clicks.length > 1, PATIENCE_MS);
    await untilUp();
    await untilNoGuard();
    assert.deepEqual(witness.clicks, [true, false]);
  });
});
