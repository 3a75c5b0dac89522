/**
 * The page of a report: one self-contained HTML page, light and dark, for screens from 390 px on and for paper. Renders
 * the sections that it is given and must not depend on what they are about. Loads nothing over a network and runs no
 * script.
 */
import { visibleLines } from '../../core/visible-text.js';

import type { DrawnFigure } from '../figures/figure.js';

/** Markup that is put into the page as it is; everything else is escaped. */
export interface Html {
  readonly html: string;
}

/** A part of the page under its own heading. */
export interface PageSection {
  /** For links within the page: letters, digits and dashes. */
  readonly id: string;
  readonly title: string;
  readonly body: readonly Html[];
}

export interface Page {
  readonly title: string;
  /** One or two sentences under the title. */
  readonly lead: string;
  readonly sections: readonly PageSection[];
  /** Last line: the program that made the page, and when. */
  readonly footer: string;
}

/** A cell: text, or markup. */
export type Cell = string | Html;

/** A row; `faint` greys it out (little evidence), `strong` sets it off. */
export interface Row {
  readonly cells: readonly Cell[];
  readonly look?: 'faint' | 'strong' | undefined;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text escaped for use in markup and in quoted attributes. */
function escapeHtml(text: string): string {
  return visibleLines(text).replace(/[&<>"']/g, (character) => ESCAPES[character]);
}

const markup = (cell: Cell): string => (typeof cell === 'string' ? escapeHtml(cell) : cell.html);

/** A paragraph of text. */
export function paragraph(text: string, look?: 'note' | 'warning'): Html {
  return { html: `<p${look === undefined ? '' : ` class="${look}"`}>${escapeHtml(text)}</p>` };
}

/** A value with its interval in small print below it. */
export function withSmall(text: string, small: string): Html {
  return { html: `${escapeHtml(text)}<small>${escapeHtml(small)}</small>` };
}

/** A table. Its first column is a row heading; the others are aligned to the right. */
export function table(caption: string, columns: readonly string[], rows: readonly Row[]): Html {
  const sideOf = (index: number): string => (index > 0 ? ' class="n"' : '');
  const head = columns.map((title, i) => `<th scope="col"${sideOf(i)}>${escapeHtml(title)}</th>`).join('');
  const body = rows.map(({ cells, look }) => {
    const inside = cells
      .map((cell, i) => (i === 0 ? `<th scope="row">${markup(cell)}</th>` : `<td class="n">${markup(cell)}</td>`))
      .join('');
    return `<tr${look === undefined ? '' : ` class="${look}"`}>${inside}</tr>`;
  });
  return {
    html: `<table><caption>${escapeHtml(caption)}</caption><thead><tr>${head}</tr></thead><tbody>${body.join('\n')}</tbody></table>`,
  };
}

/** Terms with what they are: a contract, a machine. */
export function facts(rows: readonly (readonly [term: string, text: Cell])[]): Html {
  return {
    html: `<dl>${rows.map(([term, text]) => `<dt>${escapeHtml(term)}</dt><dd>${markup(text)}</dd>`).join('')}</dl>`,
  };
}

/** A figure with its title and how to read it. */
export function figure({ id, title, reading, wide, narrow }: DrawnFigure): Html {
  const drawn = (svg: string, size: string): string =>
    `<div class="paper ${size}">${inlineSvg(svg, `${id}-${size}`, title)}</div>`;
  return {
    html:
      `<figure id="${id}"><h3>${escapeHtml(title)}</h3>${drawn(wide, 'wide')}${drawn(narrow, 'narrow')}` +
      `<figcaption>${escapeHtml(reading)}</figcaption></figure>`,
  };
}

/**
 * An SVG that can be in a page with others: its ids get a prefix, since all of a page share one name space. STYLE makes
 * its size a maximum.
 */
function inlineSvg(svg: string, prefix: string, label: string): string {
  return svg
    .replace(/^<\?xml[^>]*>\s*/, '')
    .replace(/\bid="([^"]+)"/g, `id="${prefix}-$1"`)
    .replace(/url\(#([^)]+)\)/g, `url(#${prefix}-$1)`)
    .replace(/href="#([^"]+)"/g, `href="#${prefix}-$1"`)
    .replace(/^<svg /, `<svg role="img" aria-label="${escapeHtml(label)}" `);
}

/** The whole document. */
export function htmlPage({ title, lead, sections, footer }: Page): string {
  const links = sections.map(({ id, title: name }) => `<a href="#${id}">${escapeHtml(name)}</a>`).join('');
  const parts = sections.map(
    ({ id, title: name, body }) =>
      `<section id="${id}"><h2>${escapeHtml(name)}</h2>\n${body.map(({ html }) => html).join('\n')}\n</section>`,
  );
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'; img-src data:">
<link rel="icon" href="data:,">
<title>${escapeHtml(title)}</title>
<style>${STYLE}</style>
</head>
<body>
<header><h1>${escapeHtml(title)}</h1><p>${escapeHtml(lead)}</p><nav>${links}</nav></header>
<main>
${parts.join('\n')}
</main>
<footer>${escapeHtml(footer)}</footer>
</body>
</html>
`;
}

/** Colours come from a few variables. `.paper`, on which figures are drawn, is always light. */
const STYLE = `
:root{--ground:#fbfaf8;--ink:#1b1b1b;--quiet:#5c5850;--line:#d9d5cc;--link:#0b4f7a;--strong:#eef3f7;--warn:#fff3d6;--warn-line:#b57700}
@media screen and (prefers-color-scheme:dark){:root{--ground:#16181b;--ink:#e9e6e0;--quiet:#a8a399;--line:#3a3d42;--link:#8cc4ec;--strong:#20272e;--warn:#332a14;--warn-line:#d9a53b}.paper{filter:brightness(.92)}}
*{box-sizing:border-box}
html{-webkit-text-size-adjust:100%}
body{margin:0 auto;max-width:60rem;padding:1.5rem 1rem 3rem;background:var(--ground);color:var(--ink);font:16px/1.5 system-ui,"Helvetica Neue",Arial,"Liberation Sans",sans-serif;overflow-wrap:anywhere}
h1{font-size:1.7rem;line-height:1.2;margin:0 0 .5rem}
h2{font-size:1.25rem;margin:2.5rem 0 .75rem;padding-top:.75rem;border-top:1px solid var(--line)}
h3{font-size:1rem;margin:0 0 .5rem}
p{max-width:46rem;margin:.5rem 0}
a{color:var(--link)}
nav{display:flex;flex-wrap:wrap;gap:.25rem 1rem;margin-top:1rem}
.note,figcaption,footer,caption,small{color:var(--quiet)}
.warning{border-left:4px solid var(--warn-line);background:var(--warn);padding:.5rem .75rem}
table{border-collapse:collapse;width:100%;margin:1rem 0;font-size:.9rem;font-variant-numeric:tabular-nums;overflow-wrap:normal}
caption{text-align:left;padding:0 0 .35rem;font-size:.9rem}
th,td{padding:.3rem .5rem;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);font-weight:400}
thead th{font-weight:600;vertical-align:bottom}
tbody th{font-weight:600}
.n{text-align:right}
tr.faint>*{color:var(--quiet);font-style:italic}
tr.strong>*{background:var(--strong)}
td small,th small{display:block;font-size:.75rem;white-space:nowrap}
dl{display:grid;grid-template-columns:minmax(7rem,max-content) 1fr;gap:.25rem 1rem;margin:1rem 0;font-size:.9rem}
dt{color:var(--quiet)}
dd{margin:0;min-width:0}
figure{margin:1.5rem 0 2rem;break-inside:avoid}
figcaption{max-width:46rem;font-size:.9rem;margin-top:.5rem}
.paper{background:#fff;border:1px solid var(--line);border-radius:6px;padding:.25rem}
.paper svg{display:block;max-width:100%;height:auto;margin:0 auto}
.paper.narrow{display:none}
footer{margin-top:3rem;padding-top:.75rem;border-top:1px solid var(--line);font-size:.85rem}
@media screen and (max-width:700px){
.paper.wide{display:none}.paper.narrow{display:block;padding:0}
body{padding:1rem .75rem 2rem}
h1{font-size:1.35rem}
table{font-size:.75rem;hyphens:auto}
th:first-child{overflow-wrap:anywhere}
th,td{padding:.25rem .2rem}
td small,th small{font-size:.6rem;letter-spacing:-.02em}
dl{grid-template-columns:1fr;gap:0}
dd{margin-bottom:.4rem}
}
@media print{
body{max-width:none;padding:0;font-size:11pt;background:#fff;color:#000}
nav{display:none}
h2{break-after:avoid}
table{break-inside:avoid}
.paper{border:0}
}
`;
