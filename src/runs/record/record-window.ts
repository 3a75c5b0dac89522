/** A person's recording of any window: named by the person, or the arena's page. */
import { join } from 'node:path';
import type { GameWindow } from '../../capture/game-window.js';
import type { Recorder, RecordingResult } from '../../session/recorder.js';
import { filesAt, type SessionFiles } from '../../session/session-files.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import type { GameFile } from '../../games/game-file.js';
import { keyMapOf } from '../game-keyboard.js';
import { chooseKeySource } from './key-source.js';
import { recordedKeys } from './log-names.js';
import type { RecordContext } from '../../cli/options/record.js';
import { RecordingLine } from './recording-line.js';
import { openWindowRecorder } from './window-recorder.js';

/** The study's rate. */
const DEFAULT_RATE_HZ = 10;

export interface WindowRecording {
  readonly files: SessionFiles;
  readonly result: RecordingResult;
}

/**
 * Records the window until a hot key, a signal, the end of the time or of the window. All files are finished when it
 * resolves.
 *
 * @param onListening called once keys are being listened to and pictures taken
 * @throws UnderstudyError for what fails before the first frame; later failures are in the result
 */
export async function recordWindow(
  context: RecordContext,
  window: GameWindow,
  game: GameFile | null,
  onListening: (recorder: Recorder) => void = () => undefined,
): Promise<WindowRecording> {
  const { options, signals, say, name } = context;
  const rateHz = options.rate ?? game?.rateHz ?? DEFAULT_RATE_HZ;
  const keyMap = keyMapOf(options, game);
  const recorded = recordedKeys(keyMap, options.hotKeys);
  const keySource = chooseKeySource(options.keysFrom, window.display, keyMap, recorded);
  const files = filesAt(join(options.out, name));
  const line = new RecordingLine(new InPlaceLine(process.stderr), rateHz);
  const mostFrames = (options.seconds ?? Number.POSITIVE_INFINITY) * rateHz;
  await using opened = await openWindowRecorder({
    ...{ window, capture: options.capture, rateHz, files, keySource, besideAgent: false, signal: signals.signal, say },
    contract: { ...STUDY_CONTRACT, crop: game?.crop ?? STUDY_CONTRACT.crop },
    actions: keyMap.actions,
    keys: recorded.map,
    hotKeys: recorded.hotKeys,
    onStatus: (status, recorder) => {
      line.show(performance.now(), status, recorder.keys.isFocused);
      if (status.frames >= mostFrames) recorder.stop();
    },
    onKeysLost: (error, recorder) => {
      say(`the keyboard can no longer be seen, so the recording ends: ${error.message}`);
      recorder.stop();
    },
  });
  const { recorder, keys, width, height } = opened;
  const stop = (): void => recorder.stop();
  signals.signal.addEventListener('abort', stop);
  if (signals.signal.aborted) stop();
  say(`recording ${files.base} at ${rateHz} Hz, ${width}x${height}; keys through ${keySource.kind}`);
  say(hotKeysText(options.hotKeys));
  onListening(recorder);
  try {
    const result = await recorder.run(() => keys.look());
    return { files, result };
  } finally {
    signals.signal.removeEventListener('abort', stop);
    line.finish();
  }
}

function hotKeysText(hotKeys: string): string {
  const [stop, start, end] = hotKeys.split(',');
  return `in the window: ${start} a fight begins, ${end} it ends, ${stop} stops; Ctrl-C here stops too`;
}
