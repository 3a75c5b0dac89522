/** Ends a daemon that holds three keys in every way there is, and asks the server which keys are down. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { existsSync, readFileSync } from 'node:fs';
import { before, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { X11Desktop } from '../../src/desktop/x11/desktop.js';
import type { UnderstudyError } from '../../src/core/errors.js';
import { Random } from '../../src/core/random.js';
import { DEFAULT_KEYS } from '../../src/keyboard/key-map.js';
import { openKeySink } from '../../src/keyboard/open-key-sink.js';
import type { XConnection } from '../../src/desktop/x11/connection.js';
import { keysDown } from '../../src/desktop/x11/xtest.js';
import { displayForTests, end, lacks, openDisplay } from '../../testing/display/x-display.js';

const AGENT = fileURLToPath(new URL('../../testing/agent/agent-with-held-keys.js', import.meta.url));
const LEASE_MS = 250;
const SECOND = { sink: 'xtest', keys: DEFAULT_KEYS, leaseMs: 250 } as const;

interface Agent extends AsyncDisposable {
  readonly child: ChildProcess;
  readonly guardPid: number;
  readonly childPid: number | null;
}

describe('whatever becomes of a daemon that holds three keys, none stays down', { skip: lacks('Xvfb') }, () => {
  const display = displayForTests();
  let observer: XConnection;

  before(() => {
    observer = display.eyes;
  });

  async function startAgent(fate = 'hold'): Promise<Agent> {
    const child = spawn(process.execPath, [AGENT, fate, String(LEASE_MS)], {
      env: display.env,
      stdio: ['ignore', 'pipe', 'ignore'],
      detached: true, // a group of its own, as a terminal gives to a foreground job
    });
    const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
    const { guardPid, childPid } = JSON.parse(line) as { guardPid: number; childPid: number | null };
    // a daemon that ended at once may have lost its keys again
    if (fate === 'hold' || fate === 'with-child') while (keysDown(observer).size < 3) await delay(2);
    return { child, guardPid, childPid, [Symbol.asyncDispose]: () => end(child) };
  }

  /**
   * Waits until no key is down; fails at twice the promise. A step of this loop counts at most 20 ms: where the machine
   * is so busy that this process does not get to run, the guard does not either.
   */
  async function assertAllUp(sinceMs: number, promiseMs = LEASE_MS): Promise<void> {
    let lastMs = sinceMs;
    let waitedMs = 0;
    for (;;) {
      const nowMs = performance.now();
      const down = keysDown(observer);
      if (down.size === 0) return;
      waitedMs += Math.min(20, nowMs - lastMs);
      lastMs = nowMs;
      assert.ok(waitedMs < 2 * promiseMs, `after ${waitedMs.toFixed(0)} ms still down: ${[...down].join(', ')}`);
      await delay(2);
    }
  }

  /** Waits until the process has ended; whether its parent has collected it does not matter. */
  async function assertGone(pid: number): Promise<void> {
    for (let i = 0; i < 1000; i += 1) {
      try {
        if (/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))) return;
      } catch {
        return;
      }
      await delay(5);
    }
    assert.fail(`process ${pid} still runs`);
  }

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGINT', 'SIGHUP', 'SIGQUIT'] as const) {
    test(`${signal} to the daemon`, async () => {
      await using agent = await startAgent();
      assert.equal(keysDown(observer).size, 3);
      const sinceMs = performance.now();
      agent.child.kill(signal);
      await assertAllUp(sinceMs);
      await assertGone(agent.guardPid);
    });
  }

  test('eight kills at random moments of a tick, three keys held at 60 Hz: none stays down', async () => {
    const random = new Random(5);
    for (let kill = 0; kill < 8; kill += 1) {
      await using agent = await startAgent();
      await delay(random.uniform(0, 1000 / 60));
      assert.equal(keysDown(observer).size, 3);
      const sinceMs = performance.now();
      agent.child.kill('SIGKILL');
      await assertAllUp(sinceMs);
    }
  });

  for (const signal of ['SIGINT', 'SIGHUP', 'SIGKILL'] as const) {
    test(`${signal} to the daemon's whole process group, as Ctrl-C does, spares the guard`, async () => {
      await using agent = await startAgent();
      const sinceMs = performance.now();
      process.kill(-agent.child.pid!, signal);
      await assertAllUp(sinceMs);
      await assertGone(agent.guardPid);
    });
  }

  test('an X server that is busy while the guard ends still gets the releases', async () => {
    await using agent = await startAgent();
    process.kill(display.serverPid, 'SIGSTOP');
    try {
      agent.child.kill('SIGKILL');
      await once(agent.child, 'exit');
      await delay(LEASE_MS); // nothing to wait for: a wrong guard ends by now, a right one waits for the server
    } finally {
      process.kill(display.serverPid, 'SIGCONT');
    }
    await assertAllUp(performance.now());
    await assertGone(agent.guardPid);
  });

  test('the guard is in its own session, out of reach of the terminal', async () => {
    await using agent = await startAgent();
    const sessionOf = (pid: number) => Number(readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1].split(' ')[3]);
    assert.equal(sessionOf(agent.guardPid), agent.guardPid);
    agent.child.kill('SIGKILL');
    await assertAllUp(performance.now());
  });

  test('another child of the daemon that outlives it does not hold the pipe to the guard open', async () => {
    await using agent = await startAgent('with-child');
    try {
      const sinceMs = performance.now();
      agent.child.kill('SIGKILL');
      await assertAllUp(sinceMs);
      await assertGone(agent.guardPid);
      assert.ok(existsSync(`/proc/${agent.childPid}`), 'the other child was to be alive still');
    } finally {
      process.kill(agent.childPid!, 'SIGKILL');
    }
  });

  test('SIGSTOP: the lease ends, and the keys go down again once the daemon continues', async () => {
    await using agent = await startAgent();
    const sinceMs = performance.now();
    agent.child.kill('SIGSTOP');
    await assertAllUp(sinceMs);
    agent.child.kill('SIGCONT');
    while (keysDown(observer).size < 3) {
      assert.equal(agent.child.exitCode, null, 'the daemon took its own pause for a dead guard');
      await delay(2);
    }
    const killedMs = performance.now();
    agent.child.kill('SIGKILL');
    await assertAllUp(killedMs);
  });

  for (const fate of ['throw', 'reject', 'exit', 'return']) {
    test(`a daemon that ends by '${fate}' without disposing`, async () => {
      await using agent = await startAgent(fate);
      if (agent.child.exitCode === null) await once(agent.child, 'exit');
      await assertAllUp(performance.now());
      await assertGone(agent.guardPid);
    });
  }

  test('a daemon that hangs in a busy loop', async () => {
    await using agent = await startAgent('hang');
    await assertAllUp(performance.now());
    assert.equal(agent.child.exitCode, null);
  });

  for (const signal of ['SIGKILL', 'SIGTERM', 'SIGSTOP'] as const) {
    test(`${signal} to the guard: the daemon releases by itself`, async () => {
      await using agent = await startAgent();
      const sinceMs = performance.now();
      process.kill(agent.guardPid, signal);
      // a stopped guard is given two leases to answer
      await assertAllUp(sinceMs, signal === 'SIGSTOP' ? 2 * LEASE_MS : LEASE_MS);
      if (agent.child.exitCode === null) await once(agent.child, 'exit'); // its next apply throws
      assert.notEqual(agent.child.exitCode, 0);
      await assertGone(agent.guardPid);
    });
  }

  for (const sink of ['xtest', 'nut-js'] as const) {
    test(`a second agent (${sink}) on the display is refused, is given the process that has it, and takes no key from it`, async () => {
      await using agent = await startAgent();
      await assert.rejects(
        openKeySink({ ...SECOND, sink, desktop: new X11Desktop(display.name) }),
        (error: UnderstudyError) => {
          assert.equal(error.code, 'keyboard-busy');
          assert.equal(error.exitCode, 4);
          assert.match(error.message, new RegExp(`process ${agent.child.pid}, its key guard ${agent.guardPid}\\b`));
          return true;
        },
      );
      assert.equal(keysDown(observer).size, 3);
      agent.child.kill('SIGKILL');
      await assertAllUp(performance.now());
    });
  }

  test('agents on two displays do not hinder each other', async () => {
    await using agent = await startAgent();
    await using other = await openDisplay();
    const { sink } = await openKeySink({ ...SECOND, desktop: new X11Desktop(other.name) });
    await sink[Symbol.asyncDispose]();
    assert.equal(keysDown(observer).size, 3);
    agent.child.kill('SIGKILL');
    await assertAllUp(performance.now());
  });

  test('once an agent and its guard are killed, or the agent alone, the next start has the display', async () => {
    for (const victims of ['both', 'agent'] as const) {
      await using agent = await startAgent();
      if (victims === 'both') process.kill(agent.guardPid, 'SIGKILL');
      agent.child.kill('SIGKILL');
      const { sink } = await openKeySink({ ...SECOND, desktop: new X11Desktop(display.name) });
      assert.equal(keysDown(observer).size, 0);
      await sink[Symbol.asyncDispose]();
    }
  });

  test('what a double kill left down is released by the next start', async () => {
    await using agent = await startAgent();
    process.kill(agent.guardPid, 'SIGSTOP');
    agent.child.kill('SIGKILL');
    await once(agent.child, 'exit');
    process.kill(agent.guardPid, 'SIGKILL');
    await assertGone(agent.guardPid);
    assert.equal(keysDown(observer).size, 3);
    await using next = await startAgent();
    next.child.kill('SIGTERM');
    await assertAllUp(performance.now());
  });
});
