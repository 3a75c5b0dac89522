/** Where the page finds what is no module of ours. The server serves these; the page loads them. */

/** The chart library, an ES module. */
export const CHART_MODULE = '/vendor/uplot.js';
export const CHART_STYLE = '/vendor/uplot.css';
export const PAGE_STYLE = '/watch.css';
