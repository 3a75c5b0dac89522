/** Records a person's play in a window: one that the person named, or the arena's page. */
import type { DesktopWindow } from '../../desktop/desktop.js';
import type { Recorder, RecordingResult } from '../../session/recorder.js';
import { filesAt, type SessionFiles } from '../../session/session-files.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import { STUDY_CONTRACT } from '../../vision/preprocessing-contract.js';
import type { RunEnvironment } from '../environment.js';
import type { RecordRequest } from '../request.js';
import { chooseKeySource } from './key-source.js';
import type { RecordedKeys } from './log-names.js';
import { RecordingLine } from './recording-line.js';
import { openWindowRecorder } from './window-recorder.js';

export interface WindowRecording {
  readonly files: SessionFiles;
  readonly result: RecordingResult;
}

/**
 * Records the window until a hot key, a signal, the end of the time or of the window. All files are finished when it
 * resolves.
 *
 * @param onListening called once keys are watched and pictures are taken
 * @throws UnderstudyError for what fails before the first frame; later failures are in the result
 */
export async function recordWindow(
  request: RecordRequest,
  { signals, say }: RunEnvironment,
  window: DesktopWindow,
  onListening: (recorder: Recorder) => void = () => undefined,
): Promise<WindowRecording> {
  const { screen, rateHz, seconds, crop } = request;
  const { capture } = screen;
  const keySource = chooseKeySource(request.keysFrom, window.desktop, screen.keys, request.keys);
  const files = filesAt(request.session);
  const line = new RecordingLine(new InPlaceLine(process.stderr), rateHz);
  const mostFrames = seconds * rateHz;
  await using opened = await openWindowRecorder({
    window,
    capture,
    rateHz,
    files,
    keySource,
    besideAgent: false,
    signal: signals.signal,
    say,
    contract: { ...STUDY_CONTRACT, crop },
    actions: screen.keys.actions,
    keys: request.keys.map,
    game: screen.game,
    hotKeys: request.keys.hotKeys,
    onStatus: (status, recorder) => {
      line.show(performance.now(), status, recorder.keys.isFocused);
      if (status.frames >= mostFrames) recorder.stop();
    },
  });
  const { recorder, keys, width, height } = opened;
  const stop = (): void => recorder.stop();
  signals.signal.addEventListener('abort', stop);
  if (signals.signal.aborted) stop();
  say(`recording ${files.base} at ${rateHz} Hz, ${width}x${height}; keys through ${keySource.kind}`);
  say(hotKeysText(request.keys));
  onListening(recorder);
  try {
    const result = await recorder.run(() => keys.look());
    return { files, result };
  } finally {
    signals.signal.removeEventListener('abort', stop);
    line.finish();
  }
}

function hotKeysText({ keysyms }: RecordedKeys): string {
  const [stop, start, end] = keysyms.slice(-3); // the game's keys come first
  return `in the window: ${start} a fight begins, ${end} it ends, ${stop} stops; Ctrl-C here stops too`;
}
