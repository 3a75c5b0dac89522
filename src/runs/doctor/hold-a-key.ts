/** Stands for an agent that is killed: holds the first action's key of this session's desktop until it ends. */
import { setInterval } from 'node:timers';
import { DEFAULT_KEYS } from '../../keyboard/key-map.js';
import { openKeySink } from '../../keyboard/open-key-sink.js';

const leaseMs = Number(process.argv[2]);
const { sink } = await openKeySink({ sink: 'auto', keys: DEFAULT_KEYS, leaseMs });
sink.apply(1);
setInterval(() => sink.renew(), leaseMs / 5);
