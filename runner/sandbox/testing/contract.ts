import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join, relative } from 'node:path';

/** One thing the installed library asks of the page: a module, and a member path in it ('' for the module alone). */
type Need = { module: string; member: string; at: string };

const requireCall = String.raw`window\s*\.require\(\s*'(\w+)'\s*,?\s*\)`;
const chain = /^(?:\s*\??\.\s*[A-Za-z_$]\w*)+/;

const lineOf = (text: string, index: number): number => text.slice(0, index).split('\n').length;

const clean = (path: string): string =>
  path
    .replaceAll(/\s|\?/g, '')
    .split('.')
    .filter((part) => part !== '')
    .join('.');

/** The members a name is used with: `Name.a.b(` gives `a.b`. */
function membersOf(text: string, name: string): string[] {
  const escaped = name.replaceAll('.', String.raw`\.`);
  const uses = new RegExp(
    String.raw`(?<![\w.$])(?:window\.)?${escaped}((?:\s*\??\.\s*[A-Za-z_$]\w*)+)`,
    'g',
  );
  return [...text.matchAll(uses)].map((match) => clean(match[1] ?? ''));
}

/** Exported objects begin with a capital (Socket, Msg); values and functions do not. */
const isExportName = (name: string): boolean => /^[A-Z]/.test(name);

/** Whether a variable set from this expression holds exports, and not what a call returned or a plain value. */
function holdsExports(text: string, end: number, after: string): boolean {
  const called = /^\s*\(/.test(text.slice(end + after.length));
  const last = clean(after).split('.').at(-1) ?? '';
  return !called && (last === '' || isExportName(last));
}

/**
 * What one source file needs, by direct use, destructuring, or a variable that holds the module.
 * What it leaves on `window.AuthStore` may be used in any file: `everywhere` is the text of all of them.
 */
export function needsOf(text: string, file: string, everywhere = text): Need[] {
  const needs: Need[] = [];
  for (const match of text.matchAll(new RegExp(requireCall, 'g'))) {
    const module = match[1] ?? '';
    const at = `${file}:${String(lineOf(text, match.index))}`;
    const add = (member: string): void => {
      needs.push({ module, member, at });
    };
    const after = chain.exec(text.slice(match.index + match[0].length))?.[0] ?? '';
    const before = text.slice(Math.max(0, match.index - 200), match.index);
    const held = /(?:const|let|var)\s+(\w+)\s*=\s*$/.exec(before)?.[1];
    const stored = /window\.(AuthStore\.\w+)\s*=\s*$/.exec(before)?.[1];
    const taken = /(?:const|let|var)\s+\{([^{}]*)\}\s*=\s*$/.exec(before)?.[1];
    add(clean(after));
    const prefix = after === '' ? '' : `${clean(after)}.`;
    if (holdsExports(text, match.index + match[0].length, after)) {
      const uses = [
        ...(held === undefined ? [] : membersOf(text, held)),
        ...(stored === undefined ? [] : membersOf(everywhere, stored)),
      ];
      for (const member of uses) add(`${prefix}${member}`);
    }
    for (const name of taken?.split(',') ?? []) {
      const member = name.split(':')[0]?.trim() ?? '';
      if (member === '') continue;
      add(`${prefix}${member}`);
      if (isExportName(member))
        for (const use of membersOf(text, member)) add(`${prefix}${member}.${use}`);
    }
  }
  for (const match of text.matchAll(/module:\s*'(\w+)',\s*function:\s*'([\w.]+)'/g)) {
    const at = `${file}:${String(lineOf(text, match.index))}`;
    needs.push({ module: match[1] ?? '', member: match[2] ?? '', at });
  }
  return needs;
}

/** Everything the installed whatsapp-web.js needs, each once, with the first place that asks for it. */
export function libraryNeeds(): Need[] {
  const root = dirname(createRequire(import.meta.url).resolve('whatsapp-web.js/package.json'));
  const files = readdirSync(join(root, 'src'), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && entry.name.endsWith('.js'))
    .map((entry) => join(entry.parentPath, entry.name));
  const texts = files.map((file) => readFileSync(file, 'utf8'));
  const everywhere = texts.join('\n');
  const found = new Map<string, Need>();
  for (const [index, file] of files.entries()) {
    for (const need of needsOf(texts[index] ?? '', relative(root, file), everywhere)) {
      const key = `${need.module} ${need.member}`;
      if (!found.has(key)) found.set(key, need);
    }
  }
  return [...found.values()];
}

/** JavaScript that, run in the page, gives the needs it does not meet (as indexes). */
export const missingScript = (needs: Need[]): string => `(() => {
  const meets = ({ module, member }) => {
    let value;
    try { value = window.require(module); } catch { return false; }
    for (const name of member.split('.').filter(Boolean)) {
      if (value === null || value === undefined || !(name in Object(value))) return false;
      value = value[name];
    }
    return true;
  };
  return ${JSON.stringify(needs)}.flatMap((need, index) => (meets(need) ? [] : [index]));
})()`;
