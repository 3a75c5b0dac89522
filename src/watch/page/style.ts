/** The live page's style: dark and light, from 320 px upwards. */

export const PAGE_CSS = `
:root { color-scheme: dark light;
  --ground: #12141a; --panel: #1b1e27; --line: #343a48; --text: #e6e9f0; --quiet: #a3acbd;
  --agent: #5aa9ff; --human: #ffb454; --good: #6fd08c; --bad: #ff7b72; --warn: #f2cc60;
  --press: #e6e9f0; --release: #a3acbd;
  --stage-capture: #6ea8fe; --stage-preprocess: #63c7b2; --stage-encode: #f2b84b; --stage-head: #e58fb1; --stage-act: #b39ddb; }
@media (prefers-color-scheme: light) { :root {
  --ground: #f5f6f8; --panel: #ffffff; --line: #cfd5df; --text: #1a1d24; --quiet: #545d6e;
  --agent: #1f6feb; --human: #b35900; --good: #1a7f37; --bad: #c62828; --warn: #8a6100;
  --press: #1a1d24; --release: #545d6e;
  --stage-capture: #4c83d9; --stage-preprocess: #2f9c86; --stage-encode: #c98a12; --stage-head: #c25583; --stage-act: #7f63b8; } }
* { box-sizing: border-box; }
[hidden] { display: none !important; }
body { margin: 0; background: var(--ground); color: var(--text); font: 15px/1.45 system-ui, sans-serif; }
header { display: flex; flex-wrap: wrap; align-items: baseline; gap: 0 1em; padding: 0.6em 16px; border-bottom: 1px solid var(--line); }
h1 { font-size: 1.15em; margin: 0; } h2 { font-size: 1em; margin: 0 0 0.4em; } h3 { font-size: 0.9em; margin: 0.6em 0 0; color: var(--quiet); }
header p { margin: 0; overflow-wrap: anywhere; } #link { margin-left: auto; color: var(--quiet); }
#link[data-link="live"] { color: var(--good); } #link[data-link="lost"] { color: var(--bad); }
main { display: grid; gap: 12px; padding: 12px; grid-template-columns: minmax(0, 1fr); max-width: 1500px; margin: 0 auto; }
main, .column { align-content: start; }
.column { display: grid; gap: 12px; grid-template-columns: minmax(0, 1fr); }
section { background: var(--panel); border: 1px solid var(--line); border-radius: 8px; padding: 12px; min-width: 0; }
@media (min-width: 900px) {
  main { grid-template-columns: minmax(0, 11fr) minmax(0, 9fr); }
  #state, #ticks { grid-column: 1 / -1; }
}
#state { display: flex; flex-wrap: wrap; align-items: center; gap: 0.4em 1.2em; }
#state p { margin: 0; }
.chip { display: inline-block; padding: 0.1em 0.7em; border-radius: 1em; border: 2px solid var(--quiet); font-weight: 600; }
.chip[data-state="armed"] { border-color: var(--good); color: var(--good); }
.chip[data-state="panicked"], .chip[data-state="disarmed"] { border-color: var(--bad); color: var(--bad); }
.chip[data-state="paused"], .chip[data-state="taken-over"] { border-color: var(--warn); color: var(--warn); }
#gate { color: var(--warn); } #gate[data-open="yes"] { color: var(--quiet); }
#controls { display: flex; flex-wrap: wrap; gap: 0.5em; align-items: center; margin-left: auto; }
button { font: inherit; min-height: 40px; padding: 0.3em 1.1em; border-radius: 6px; border: 1px solid var(--quiet); background: transparent; color: var(--text); cursor: pointer; }
button.panic { background: #c62828; border-color: #c62828; color: #fff; font-weight: 700; }
:focus-visible { outline: 3px solid var(--agent); outline-offset: 2px; }
body[data-mode="record"] :is(#state, #timing, #gates, #ticks) { display: none; }
body[data-mode="record"] #strips :is(.agent, .probability), body[data-mode="record"] #keys .note { display: none; }
body[data-mode="record"] .column { display: contents; }
body[data-mode="record"] #strips [role="row"] { grid-template-columns: clamp(6em, var(--name), 11em) 3.4em minmax(0, 1fr); }
#recorder { display: flex; flex-wrap: wrap; align-items: center; gap: 0.6em 1.4em; grid-column: 1 / -1; }
#recorder p { margin: 0; } .chip[data-state="recording"] { border-color: var(--bad); color: var(--bad); }
#recorded, .seen { display: flex; flex-wrap: wrap; gap: 0.2em 1.4em; margin: 0; }
:is(#recorded, .seen) div { display: flex; gap: 0.4em; } :is(#recorded, .seen) dt { color: var(--quiet); }
:is(#recorded, .seen) dd { margin: 0; font-variant-numeric: tabular-nums; min-width: 1.5em; }
#name-form, #recorder-controls { display: flex; flex-wrap: wrap; gap: 0.5em; align-items: center; }
input { font: inherit; min-height: 40px; padding: 0.3em 0.6em; border-radius: 6px; border: 1px solid var(--quiet); background: var(--ground); color: var(--text); width: 17em; max-width: 100%; }
kbd { font: inherit; color: var(--quiet); border: 1px solid var(--line); border-radius: 4px; padding: 0 0.35em; } .panic kbd { color: #fff; border-color: #fff; }
#recorder-answer { flex-basis: 100%; color: var(--quiet); min-height: 1.45em; }
#answer { flex-basis: 100%; color: var(--quiet); }
.pictures { display: grid; grid-template-columns: minmax(0, 3fr) minmax(0, 2fr); gap: 10px; align-items: end; }
figure { margin: 0; } canvas { max-width: 100%; } figure canvas { display: block; width: 100%; height: auto; background: #000; border-radius: 4px; }
#gray { image-rendering: pixelated; }
figcaption, .note { color: var(--quiet); font-size: 0.87em; margin: 0.3em 0 0; }
.note { margin: 0 0 0.5em; } #picture-note { margin: 0.4em 0 0; }
.mark { display: inline-block; width: 14px; height: 10px; vertical-align: baseline; margin-left: 0.5em; }
.mark.agent { background: var(--agent); } .mark.human { background: var(--human); border-radius: 5px; }
.mark.press { height: 0; border-top: 2px dashed var(--press); vertical-align: middle; } .mark.release { height: 0; border-top: 2px dotted var(--release); vertical-align: middle; }
#strips { --name: 0ch; }
#strips [role="row"] { display: grid; grid-template-columns: clamp(4.2em, var(--name), 11em) 3.4em 3.4em 3.6em minmax(0, 1fr); gap: 6px; align-items: center; }
#strips [role="columnheader"] { color: var(--quiet); font-size: 0.87em; }
#strips [role="rowheader"] { overflow-wrap: anywhere; }
#strips .probability { font-variant-numeric: tabular-nums; text-align: right; }
#strips .lamp { color: var(--quiet); } #strips .lamp[data-held="yes"] { font-weight: 700; }
#strips .lamp.agent[data-held="yes"] { color: var(--agent); } #strips .lamp.human[data-held="yes"] { color: var(--human); }
#strips .strip { height: 44px; min-width: 0; overflow: hidden; border-bottom: 1px solid var(--line); }
.chart { min-width: 0; overflow: hidden; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: right; padding: 0.15em 0.5em; border-bottom: 1px solid var(--line); white-space: nowrap; }
th:first-child, td:first-child { text-align: left; } thead th { color: var(--quiet); font-weight: 500; }
.swatch { display: inline-block; width: 10px; height: 10px; margin-right: 0.5em; }
.swatch[data-stage="capture"] { background: var(--stage-capture); } .swatch[data-stage="preprocess"] { background: var(--stage-preprocess); }
.swatch[data-stage="encode"] { background: var(--stage-encode); } .swatch[data-stage="head"] { background: var(--stage-head); }
.swatch[data-stage="act"] { background: var(--stage-act); }
#counts { display: flex; flex-wrap: wrap; gap: 0.2em 1.4em; margin: 0.7em 0 0; }
#counts div { display: flex; gap: 0.4em; } #counts dt { color: var(--quiet); } #counts dd { margin: 0; font-variant-numeric: tabular-nums; }
#gate-list { margin: 0; padding-left: 0; list-style: none; max-height: 14em; overflow: auto; } #gate-list li { overflow-wrap: anywhere; }
#gate-list time { color: var(--quiet); margin-right: 0.6em; font-variant-numeric: tabular-nums; }
.scroll { overflow: auto; max-height: 26em; } summary { cursor: pointer; }
td.thin { color: var(--quiet); }
@media (max-width: 480px) {
  main { padding: 8px; gap: 8px; } section { padding: 10px; }
  #strips [role="row"] { grid-template-columns: clamp(4.2em, var(--name), 9em) minmax(0, 1fr) minmax(0, 1fr) 3.6em; }
  #strips .strip { grid-column: 1 / -1; }
  #strips [role="columnheader"].strip { display: none; }
  .column { gap: 8px; } #timing, #scores { overflow-x: auto; }
  table { font-size: 0.87em; } th, td { padding: 0.15em 0.25em; } #controls { margin-left: 0; }
}
`;
