import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '../..');
export type Instruction = { name: string; args: string };

/** The instructions of each stage: lines that go on are joined, comments are gone. */
export function stagesOf(file: string): Instruction[][] {
  const text = readFileSync(join(root, file), 'utf8')
    .replaceAll(/^#.*\n/gm, '')
    .replaceAll(/\\\n/g, ' ');
  const stages: Instruction[][] = [];
  for (const line of text.split('\n').filter((each) => each.trim() !== '')) {
    const [, name = '', args = ''] = /^([A-Z]+)\s+(.*)$/.exec(line) ?? [];
    if (name === '') throw new Error(`${file}: not an instruction: ${line}`);
    if (name === 'FROM') stages.push([]);
    stages.at(-1)?.push({ name, args });
  }
  return stages;
}

export const argsOf = (stage: readonly Instruction[], name: string): string[] =>
  stage.filter((instruction) => instruction.name === name).map(({ args }) => args);

/** `ENV A=1 B=2` of a stage. */
export const environmentOf = (stage: readonly Instruction[]): Record<string, string> =>
  Object.fromEntries(
    argsOf(stage, 'ENV')
      .flatMap((args) => args.split(/\s+/))
      .map((pair) => [pair.slice(0, pair.indexOf('=')), pair.slice(pair.indexOf('=') + 1)]),
  );

/** The packages that a stage installs. */
export const packagesOf = (stage: readonly Instruction[]): string[] =>
  argsOf(stage, 'RUN').flatMap((run) =>
    Array.from(run.matchAll(/apt-get install ([^&]+)/g)).flatMap(([, names = '']) =>
      names.split(/\s+/).filter((name) => name !== '' && !name.startsWith('-')),
    ),
  );

/** A command in exec form. */
export function commandIn(args: string): string[] {
  const words: unknown = JSON.parse(args.slice(args.indexOf('[')));
  if (!Array.isArray(words)) throw new Error(`no exec form: ${args}`);
  return words.map(String);
}
