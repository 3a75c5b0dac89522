/** The page itself. One canvas, one overlay, one module; everything else is code. */

/** The title of the page and of its window: stable, so that the window can be found by it. */
export const PAGE_TITLE = 'understudy arena';

/** The document. It takes its options from its address (page-options.ts). */
export const PAGE_HTML = `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${PAGE_TITLE}</title>
<link rel="icon" href="data:,">
<style>
  html, body { margin: 0; height: 100%; overflow: hidden; background: #120c14; cursor: default; }
  body { display: grid; place-items: center; user-select: none; }
  canvas { display: block; grid-area: 1 / 1; }
  #overlay { grid-area: 1 / 1; z-index: 1; padding: 1.5em 2.5em; border-radius: 12px; text-align: center;
    background: rgb(12 13 18 / 82%); color: #d9dde6; font: 18px/1.5 system-ui, sans-serif; }
  #overlay[hidden] { display: none; }
  #overlay h1 { margin: 0 0 0.3em; font-size: 2em; letter-spacing: 0.06em; color: #fff; }
  #overlay h1.won { color: #ffd166; }
  #overlay h1.lost { color: #ff6b6b; }
  #overlay p { margin: 0.2em 0; }
</style>
</head>
<body>
<canvas id="fight"></canvas>
<div id="overlay" hidden></div>
<script type="module" src="/arena/page/main.js"></script>
</body>
</html>
`;
