/// <reference lib="dom" />
/** Finds and makes elements. Text is always inserted as text: nothing that a run sends is read as markup. */

/** The page's element with this id. */
export function part<E extends HTMLElement = HTMLElement>(id: string): E {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return found as E;
}

/** A new element with its attributes and children. */
export function make(
  tag: string,
  attributes: Readonly<Record<string, string>> = {},
  ...children: (Node | string)[]
): HTMLElement {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  element.append(...children);
  return element;
}

/** Changes the text only where it differs: each change makes screen readers speak and the layout run. */
export function write(element: Element, text: string): void {
  if (element.textContent !== text) element.textContent = text;
}

/** A table row of cells, the first a header. */
export function row(first: Node | string, ...cells: (Node | string)[]): HTMLElement {
  return make('tr', {}, make('th', { scope: 'row' }, first), ...cells.map((cell) => make('td', {}, cell)));
}

/** A table's head. */
export function head(...names: string[]): HTMLElement {
  return make('thead', {}, make('tr', {}, ...names.map((name) => make('th', { scope: 'col' }, name))));
}
