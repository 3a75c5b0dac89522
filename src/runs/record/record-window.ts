/** Records a person's play in a window: one that the person named, or the arena's page. */
import type { DesktopWindow } from '../../desktop/desktop.js';
import type { RecordingOrder } from '../../session/key-recorder.js';
import { actionsHeld } from '../../session/key-names.js';
import type { Recorder, RecordingResult } from '../../session/recorder.js';
import type { SessionFiles } from '../../session/session-files.js';
import { InPlaceLine } from '../../terminal/in-place-line.js';
import type { RecordingFigures } from '../../watch/messages.js';
import type { RecordingButton, RecordingWatch } from '../../watch/recording-watch.js';
import type { RunEnvironment } from '../environment.js';
import type { RecordRequest } from '../request.js';
import { chooseKeySource } from './key-source.js';
import { adviceAfter } from './cued-fights.js';
import type { RecordedKeys } from './log-names.js';
import { RecordingLine } from './recording-line.js';
import { openWindowRecorder, type RecordedSlot } from './window-recorder.js';

export interface WindowRecording {
  readonly files: SessionFiles;
  readonly result: RecordingResult;
}

/** Which window, and where it goes. */
export interface RecordedWindow {
  readonly request: RecordRequest;
  readonly files: SessionFiles;
  readonly window: DesktopWindow;
}

/** What a recording is given, with the live page once it is open; null where none is served. */
export interface RecordingEnvironment extends RunEnvironment {
  readonly watch: RecordingWatch | null;
}

/** What each button of the page asks the recorder for, as a hot key does. */
const ORDER_OF: Readonly<Record<RecordingButton, RecordingOrder>> = {
  stop: 'stop',
  'fight-start': 'fightStart',
  'fight-end': 'fightEnd',
};

/**
 * Records the window until a hot key, a signal, the end of the time or of the window. All files are finished when it
 * resolves.
 *
 * @param onListening called once keys are watched and pictures are taken
 * @throws UnderstudyError for what fails before the first frame; later failures are in the result
 */
export async function recordWindow(
  { request, files, window }: RecordedWindow,
  { signals, say, watch }: RecordingEnvironment,
  onListening: (recorder: Recorder) => void = () => undefined,
): Promise<WindowRecording> {
  const { screen, rateHz, seconds, contract } = request;
  const { capture } = screen;
  const { actions } = screen.keys;
  const keySource = chooseKeySource(request.keysFrom, window.desktop, screen.keys, request.keys);
  const shown = ({ status: { heldKeys, ...figures }, recorder, seen }: RecordedSlot): RecordingFigures => {
    const held = actionsHeld(heldKeys, request.keys.map, actions);
    const { isFocused: focused, lastKey } = recorder.keys;
    return { ...figures, held, focused, lastKey, seen };
  };
  const line = new RecordingLine(new InPlaceLine(process.stderr), rateHz, request.keys.map);
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
    contract,
    actions,
    keys: request.keys.map,
    game: screen.game,
    hotKeys: request.keys.hotKeys,
    keepsVideo: request.keepsVideo,
    onStatus: (slot) => {
      const { status, frame, recorder } = slot;
      line.show(performance.now(), slot);
      watch?.slot(shown(slot), frame);
      if (status.frames >= mostFrames) recorder.stop();
    },
  });
  const { recorder, width, height } = opened;
  const stop = (): void => recorder.stop();
  signals.signal.addEventListener('abort', stop);
  if (signals.signal.aborted) stop();
  const onOrder = (order: RecordingButton): boolean => recorder.keys.order(ORDER_OF[order], performance.now());
  watch?.begin({ name: files.name, rateHz, actions: actions.names, contract, onOrder });
  say(`recording ${files.base} at ${rateHz} Hz, ${width}x${height}; keys through ${keySource.kind}`);
  say(hotKeysText(request.keys));
  const cues = Object.keys(screen.game?.cues ?? {});
  if (cues.length > 0) say(`fights are marked by the game's cues: ${cues.join(', ')}`);
  onListening(recorder);
  let result: RecordingResult;
  try {
    result = await opened.run();
  } finally {
    signals.signal.removeEventListener('abort', stop);
    line.finish();
  }
  const of = { session: files.base, game: screen.game?.path ?? '' };
  if (opened.account !== null) for (const note of adviceAfter(opened.account, of)) say(`note: ${note}`);
  return { files, result };
}

function hotKeysText({ keysyms }: RecordedKeys): string {
  const [stop, start, end] = keysyms.slice(-3); // the game's keys come first
  return `in the window: ${start} a fight begins, ${end} it ends, ${stop} stops; Ctrl-C here stops too`;
}
