import { parse } from 'content-disposition';

const LONGEST = 100;

/**
 * The name of a file that a URL gave: by Content-Disposition (RFC 6266), or else the last part of its path. Null when neither
 * looks like a file's name. Letters of every script stay; folders, control and direction characters go.
 */
export function filenameOf(url: string, disposition: string | null): string | null {
  return cleanFilename(fromHeader(disposition)) ?? fromPath(url);
}

function fromHeader(disposition: string | null): string {
  if (disposition === null) return '';
  try {
    return parse(disposition).parameters['filename'] ?? '';
  } catch {
    return ''; // Not a header that can be read; the path may still have a name.
  }
}

function fromPath(url: string): string | null {
  const last = new URL(url).pathname.split('/').at(-1) ?? '';
  let decoded = last;
  try {
    decoded = decodeURIComponent(last);
  } catch {
    // A percent sign that stands for itself.
  }
  const name = cleanFilename(decoded);
  return name !== null && /\.[a-z0-9]{2,5}$/i.test(name) ? name : null;
}

/** The name without what could lead or look elsewhere; null when nothing is left. */
export function cleanFilename(name: string): string | null {
  const bare = name
    .split(/[/\\]/)
    .at(-1)
    ?.replace(/[\p{Cc}\p{Zl}\p{Zp}\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069\ufeff<>:"|?*]/gu, '')
    .normalize('NFC')
    .trim()
    .replace(/^\.+/, '');
  if (bare === undefined || bare === '') return null;
  const letters = Array.from(bare);
  if (letters.length <= LONGEST) return bare;
  const ending = /\.[a-z0-9]{1,5}$/i.exec(bare)?.[0] ?? '';
  return letters.slice(0, LONGEST - ending.length).join('') + ending;
}
