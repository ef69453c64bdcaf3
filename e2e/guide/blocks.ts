import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** A fenced block of the documentation. */
export type Block = {
  /** From the root of the repository: `docs/quick-start.md`. */
  file: string;
  /** `sh`, `js`, …; empty where the fence names none. */
  language: string;
  /** The heading that it stands under. */
  heading: string;
  code: string;
  /** Its file and first line: what a table can name it by. */
  name: string;
};

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** All fenced blocks of docs/ and README.md. */
export function readBlocks(): Block[] {
  const pages = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.md'))
    .map((file) => `docs/${file}`)
    .toSorted();
  return ['README.md', ...pages].flatMap(blocksOf);
}

export function blocksOf(file: string): Block[] {
  const blocks: Block[] = [];
  let heading = '';
  let open: { language: string; indent: string; lines: string[] } | undefined;
  for (const line of readFileSync(join(root, file), 'utf8').split('\n')) {
    const [, indent = '', info = ''] = /^( *)```(.*)$/.exec(line) ?? [];
    const isFence = line.trimStart().startsWith('```');
    if (open === undefined) {
      if (isFence) open = { language: info.split(' ')[0] ?? '', indent, lines: [] };
      else if (line.startsWith('#')) heading = line.replace(/^#+ /, '');
    } else if (isFence) {
      const { language, lines } = open;
      blocks.push({
        file,
        language,
        heading,
        code: lines.join('\n'),
        name: `${file}: ${lines[0]?.trim().slice(0, 50).trim()}`,
      });
      open = undefined;
    } else open.lines.push(line.slice(open.indent.length));
  }
  if (open !== undefined) throw new Error(`${file} has a fence without an end`);
  return blocks;
}

/** The commands of a shell block: lines go together until quotes, loops and backslashes end. */
export function commandsOf(code: string): string[] {
  const commands: string[] = [];
  let lines: string[] = [];
  for (const line of code.split('\n')) {
    if (lines.length === 0 && /^\s*(#|$)/.test(line)) continue;
    lines.push(line);
    const text = lines.join('\n');
    if (!isWhole(text)) continue;
    commands.push(text);
    lines = [];
  }
  if (lines.length > 0) throw new Error(`a command has no end: ${lines.join('\n')}`);
  return commands;
}

function isWhole(text: string): boolean {
  if (text.endsWith('\\')) return false;
  const words = text.replaceAll(/\s# .*$/gm, '').replaceAll(/\\.|'[^']*'|"(?:\\[^]|[^"\\])*"/g, '');
  if (/['"]/.test(words)) return false;
  const count = (word: RegExp): number => words.match(word)?.length ?? 0;
  return count(/\bdo\b/g) === count(/\bdone\b/g);
}

/** What a guide says of a command's answer, in the comment behind it. */
export const remarkOf = (command: string): string =>
  /\s#\s(.*)$/m.exec(command.replaceAll(/'[^']*'/g, ''))?.[1] ?? '';
