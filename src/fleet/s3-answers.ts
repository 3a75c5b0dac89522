/** What S3 servers say, in XML. */
import { parseXml, XmlElement } from '@rgrove/parse-xml';

export interface KeysPage {
  /** In the bucket. */
  readonly keys: readonly string[];
  /** What the next page is asked for with; null after the last one. */
  readonly next: string | null;
}

/** What answers is not an S3 server. */
export class NotS3 extends Error {}

/** A page of the second version of ListObjects. @throws NotS3 */
export function parseKeysPage(text: string): KeysPage {
  const root = rootOf(text);
  if (root?.name !== 'ListBucketResult') throw new NotS3('the answer is not a list of keys');
  const isEscaped = textIn(root, 'EncodingType') === 'url';
  const keys = childrenOf(root, 'Contents').map((entry) => textIn(entry, 'Key'));
  const next = textIn(root, 'IsTruncated') === 'true' ? textIn(root, 'NextContinuationToken') : null;
  if (next === '') throw new NotS3('the list of keys does not say how it continues');
  return { keys: isEscaped ? keys.map(unescapeKey) : keys, next };
}

/** Both are empty where the server does not say. */
export function parseRefusal(text: string): { readonly code: string; readonly message: string } {
  const root = rootOf(text);
  if (root?.name !== 'Error') return { code: '', message: '' };
  return { code: textIn(root, 'Code'), message: textIn(root, 'Message') };
}

/** Null where the text is not XML: a proxy's page, or nothing at all as after HEAD. */
function rootOf(text: string): XmlElement | null {
  try {
    return parseXml(text).root;
  } catch {
    return null;
  }
}

function childrenOf(element: XmlElement, name: string): XmlElement[] {
  return element.children.filter((child): child is XmlElement => child instanceof XmlElement && child.name === name);
}

/** Empty where there is none. */
function textIn(element: XmlElement, name: string): string {
  return childrenOf(element, name)[0]?.text ?? '';
}

/** As forms are escaped: `+` is a space. */
function unescapeKey(key: string): string {
  return decodeURIComponent(key.replaceAll('+', ' '));
}
