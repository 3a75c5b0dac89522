/**
 * A worker in a process of its own that does probes, notices dead workers soon, and writes what it says: `node probe-worker.js
 * ADDRESS NAME`. A test kills it, or stops it.
 */
import { parseAddress } from '../../src/fleet/address.js';
import { JobQueue } from '../../src/fleet/queue.js';
import { Taker } from '../../src/fleet/taker.js';
import { doJob } from '../../src/fleet/work/worker.js';
import { FolderStore } from '../../src/fleet/store.js';
import { PROBE_LANE, SOON } from './probes.js';

const [address, name] = process.argv.slice(2);
const say = (text: string): void => console.log(text);
const queue = await JobQueue.open(parseAddress(address));
const store = new FolderStore('.');
const taker = new Taker({
  ...{
    queue,
    name,
    tags: [],
    slots: 1,
    say,
    program: PROBE_LANE.program,
    storeId: () => Promise.resolve(PROBE_LANE.store),
  },
  ...SOON,
  run: (job, report, signal) => doJob({ queue, store, work: '.', say }, job, report, signal),
});
await taker.take(new AbortController().signal, false);
