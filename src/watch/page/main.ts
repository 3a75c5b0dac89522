/// <reference lib="dom" />
/**
 * The live page: takes what the stream brings and draws it, at most once in each frame of the screen. Decides nothing.
 */
import { NO_STATE, type WatchPicture, type WatchUpdate } from '../messages.js';
import { showControls, wireControls } from './controls.js';
import { part, write } from './dom.js';
import { showRecorder, wireRecorder } from './recorder.js';
import { History } from './history.js';
import { showGates, showPicture, showScores, showState, showTicks } from './state-panels.js';
import { Stream, type LinkState } from './stream.js';
import { Strips } from './strips.js';
import { Timing } from './timing.js';

/** The page reports that it is without ticks after this time, ms. */
const SILENT_AFTER_MS = 2000;

const history = new History();
let state = NO_STATE;
let picture: WatchPicture | null = null;
let drawn = true;
let heardAtMs = performance.now();
let link: LinkState = 'connecting';
let mayCommand = false;

const strips = new Strips();
const timing = await Timing.open();
const stream = new Stream(new URLSearchParams(location.search).get('token') ?? '', {
  onUpdate: take,
  onPicture: (newest) => {
    picture = newest;
    drawSoon();
  },
  onLink: showLink,
});
wireControls(stream);
wireRecorder(stream);
document.querySelector('details')!.addEventListener('toggle', drawSoon);
stream.start();
setInterval(saySilence, 500);

function take(update: WatchUpdate): void {
  heardAtMs = performance.now();
  if (update.hello !== undefined) {
    mayCommand = update.hello.control;
    history.clear(); // a stream that was opened again brings all ten seconds
  }
  if (update.state !== undefined) {
    if (update.state.run?.name !== state.run?.name) history.clear();
    state = update.state;
    showGates(state);
    showScores(state);
    void strips.setActions(state.run?.actions ?? []).then(drawSoon);
    if (state.ended) {
      stream.end();
      showLink('ended', state.recording === null ? 'the run is over' : 'the recording is over');
    }
  }
  showControls(mayCommand && state.recording === null && !state.ended);
  showRecorder(state, mayCommand);
  history.add(update.ticks);
  if (link === 'live') write(part('link'), update.dropped > 0 ? `live; ${update.dropped} ticks left out` : 'live');
  drawSoon();
}

function drawSoon(): void {
  if (!drawn) return;
  drawn = false;
  requestAnimationFrame(draw);
}

function draw(): void {
  drawn = true;
  showState(state, history.last);
  strips.show(history, state.thresholds);
  timing.show(history);
  if (document.querySelector('details')!.open) showTicks(history.ticks, state);
  if (picture === null) return;
  showPicture(picture);
  stream.seen(picture.header.number);
  picture = null;
}

function showLink(now: LinkState, reason: string): void {
  if (link === 'ended') return;
  link = now;
  part('link').dataset.link = now === 'refused' ? 'lost' : now;
  write(part('link'), reason);
}

/** A run that hangs or is stopped by a debugger sends nothing. */
function saySilence(): void {
  const silentMs = performance.now() - heardAtMs;
  if (link === 'live' && silentMs > SILENT_AFTER_MS)
    write(part('link'), `no tick for ${(silentMs / 1000).toFixed(0)} s`);
}
