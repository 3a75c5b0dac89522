/**
 * Programs against cheating that are at work. Games that they protect are not for agents: nothing here evades them, and doctor says so
 * before anyone tries.
 */
import { failed, passed, type Check } from '../../system/check.js';
import { serviceCalls, wide } from './win32.js';

/** Names of their services. */
const SERVICES: Readonly<Record<string, string>> = {
  EasyAntiCheat: 'Easy Anti-Cheat',
  EasyAntiCheat_EOS: 'Easy Anti-Cheat',
  BEService: 'BattlEye',
  vgc: 'Riot Vanguard',
  vgk: 'Riot Vanguard',
  FACEIT: 'FACEIT',
};

/** SC_MANAGER_CONNECT, SERVICE_QUERY_STATUS and SERVICE_RUNNING, winsvc.h. */
const CONNECT = 1;
const QUERY_STATUS = 4;
const RUNNING = 4;
/** sizeof(SERVICE_STATUS); its state is the second number. */
const STATUS_NUMBERS = 7;

export function checkAntiCheat(): Check {
  const running = [
    ...new Set(
      Object.keys(SERVICES)
        .filter(isServiceRunning)
        .map((name) => SERVICES[name]),
    ),
  ];
  if (running.length === 0) return passed('anti-cheat', 'no such service that is known runs', false);
  return failed(
    'anti-cheat',
    `${running.join(', ')} runs: a game that it protects may ban who plays it with an agent`,
    'Play games that allow agents, offline or with the consent of all who play.',
    false,
  );
}

function isServiceRunning(name: string): boolean {
  const calls = serviceCalls();
  const manager = calls.openManager(null, null, CONNECT);
  if (manager === null) return false;
  const service = calls.openService(manager, wide(name), QUERY_STATUS);
  try {
    if (service === null) return false;
    const status = new Uint32Array(STATUS_NUMBERS);
    return calls.status(service, status) !== 0 && status[1] === RUNNING;
  } finally {
    if (service !== null) calls.close(service);
    calls.close(manager);
  }
}
