/// <reference lib="dom" />
/**
 * The arena in a browser: wires the page's parts together. Holds no rule of the fight: the same Fight and drawing
 * code run here and headless.
 */
import { FightPage } from './fight-page.js';
import { startFlashes } from './flash.js';
import { Link } from './link.js';
import { Overlay } from './overlay.js';
import { readPageOptions } from './page-options.js';
import { Screen } from './screen.js';
import { keepContentSize } from './window-size.js';

const options = readPageOptions(location.search);
const canvas = document.querySelector<HTMLCanvasElement>('#fight')!;
const closeIfOwn = (): void => {
  if (options.own) window.close();
};

if (options.own) keepContentSize(1280, 720);

if (options.flash !== null) {
  const link = new Link(options.token, () => undefined, closeIfOwn);
  startFlashes(canvas, options.flash, link);
  link.postReady();
} else {
  const page = new FightPage(
    options,
    new Screen(canvas),
    new Overlay(document.querySelector<HTMLElement>('#overlay')!),
  );
  page.start(new Link(options.token, (answer) => page.carryOut(answer), closeIfOwn));
}
