/** The live page's document: its regions and headings. The page's modules fill them in. */
import { CHART_STYLE, PAGE_STYLE } from './paths.js';

/** The document. The token is in its address, not in it. */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="dark light">
<title>understudy, live</title>
<link rel="icon" href="data:,">
<link rel="stylesheet" href="${CHART_STYLE}">
<link rel="stylesheet" href="${PAGE_STYLE}">
</head>
<body>
<header>
  <h1>understudy</h1>
  <p id="run">waiting for a run</p>
  <p id="link" role="status">connecting</p>
</header>
<main>
  <section id="state" aria-label="State">
    <p id="arming"><span class="chip" data-state="none">no run</span> <span class="reason"></span></p>
    <p id="gate"></p>
    <dl id="game" class="seen" hidden></dl>
    <div id="controls" hidden>
      <button type="button" data-command="arm">Arm</button>
      <button type="button" data-command="pause">Pause</button>
      <button type="button" data-command="resume">Resume</button>
      <button type="button" data-command="panic" class="panic">Panic</button>
      <p id="answer" role="status"></p>
    </div>
  </section>
  <section id="recorder" aria-label="Recording" hidden>
    <p><span class="chip" id="phase" role="status"></span> <span class="reason" id="phase-reason"></span></p>
    <dl id="recorded"></dl>
    <dl id="seen" class="seen" hidden></dl>
    <form id="name-form">
      <label for="name">Name of the session</label>
      <input id="name" autocomplete="off" spellcheck="false" maxlength="100" required>
      <button type="submit">Start</button>
    </form>
    <div id="recorder-controls">
      <button type="button" data-command="fight-start">Fight begins <kbd></kbd></button>
      <button type="button" data-command="fight-end">Fight ends <kbd></kbd></button>
      <button type="button" data-command="stop" class="panic">Stop <kbd></kbd></button>
    </div>
    <p id="recorder-answer" role="status"></p>
  </section>
  <div class="column">
  <section id="picture" aria-labelledby="picture-title">
    <h2 id="picture-title">What it sees</h2>
    <div class="pictures">
      <figure><canvas id="colour" width="16" height="9" role="img" aria-label="The game's picture, cropped as for the model"></canvas><figcaption>the game, cropped</figcaption></figure>
      <figure><canvas id="gray" width="128" height="72" role="img" aria-label="The gray picture that the encoder is given"></canvas><figcaption id="gray-size">128 x 72 gray</figcaption></figure>
    </div>
    <p class="note" id="picture-note">no picture yet</p>
  </section>
  <section id="keys" aria-labelledby="keys-title">
    <h2 id="keys-title">Keys</h2>
    <p class="note"><span class="mark agent"></span> agent holds <span class="mark human"></span> human holds <span class="mark press"></span> press at <span class="mark release"></span> release below; last 10 s, now at the right</p>
    <div id="strips" role="table" aria-label="Actions: who holds them, and their probability"></div>
  </section>
  </div>
  <div class="column">
  <section id="timing" aria-labelledby="timing-title">
    <h2 id="timing-title">Time of a tick</h2>
    <div id="stages-chart" class="chart" role="img" aria-label="Time of each step, stacked, over the last 10 seconds; the table below has the figures"></div>
    <h3>Lateness</h3>
    <div id="lateness-chart" class="chart" role="img" aria-label="Lateness over the last 10 seconds; the table below has the figures"></div>
    <table id="times"></table>
    <dl id="counts"></dl>
  </section>
  <section id="scores" aria-labelledby="scores-title" hidden>
    <h2 id="scores-title">Beside the person</h2>
    <table id="score-table"></table>
    <p class="note" id="score-note"></p>
  </section>
  <section id="gates" aria-labelledby="gates-title">
    <h2 id="gates-title">Gates</h2>
    <ol id="gate-list"></ol>
  </section>
  </div>
  <section id="ticks">
    <details>
      <summary>Last ticks, as in ticks.jsonl</summary>
      <div class="scroll" tabindex="0" role="region" aria-label="Last ticks"><table id="tick-table"></table></div>
    </details>
  </section>
</main>
<script type="module" src="/watch/page/main.js"></script>
</body>
</html>
`;
