/** Reads the marks of a figure back out of its SVG: what is drawn, not what the specification asked for. */

/** A mark: the fields that it stands for, as its label names them, and its own attributes. */
export interface DrawnMark {
  readonly fields: Readonly<Record<string, string>>;
  /** What is written, for text. */
  readonly text: string;
  readonly fill: string;
  /** Of a rectangle or path: its path; else empty. */
  readonly path: string;
}

/** The marks that have a description of this kind (`rect`, `text mark`, `bar`), in the order drawn. */
export function marksOf(svg: string, kind: string): DrawnMark[] {
  const found = svg.matchAll(/<(path|text) ([^>]*)>(?:([^<]*)<\/text>)?/g);
  return [...found]
    .filter(([, , attributes]) => attributes.includes(`aria-roledescription="${kind}"`))
    .map(([, , attributes, text]) => ({
      fields: fieldsOf(attribute(attributes, 'aria-label')),
      text: text ?? '',
      fill: attribute(attributes, 'fill'),
      path: attribute(attributes, 'd'),
    }));
}

function attribute(attributes: string, name: string): string {
  return new RegExp(`(?:^| )${name}="([^"]*)"`).exec(attributes)?.[1] ?? '';
}

/** `column: F1; row: UP (n=3)` as fields; a plain label is the field `label`. */
function fieldsOf(label: string): Record<string, string> {
  return Object.fromEntries(
    label.split('; ').map((part) => {
      const at = part.indexOf(': ');
      return at < 0 ? ['label', part] : [part.slice(0, at), part.slice(at + 2)];
    }),
  );
}
