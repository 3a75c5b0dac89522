/** Paths of what the page loads besides its own modules. The server serves these. */

/** The chart library, an ES module. */
export const CHART_MODULE = '/vendor/uplot.js';
export const CHART_STYLE = '/vendor/uplot.css';
export const PAGE_STYLE = '/watch.css';
