import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { readGuide } from '../testing/follow-guide.ts';
import { type Block, commandsOf, readBlocks, remarkOf, root } from './blocks.ts';
import { GUIDES } from './guides.ts';
import { NOT_RUN } from './not-run.ts';

/** Which test runs the blocks of a page, by their language. The shell's of GUIDES are run by follow.ts. */
const RUN_BY: readonly { file: string; languages: readonly string[]; by: string }[] = [
  ...GUIDES.map(({ file }) => ({ file, languages: ['sh', 'bash'], by: 'e2e/guide/follow.ts' })),
  { file: 'docs/quick-start.md', languages: ['js', 'python'], by: 'e2e/guide/snippets.ts' },
  { file: 'docs/realtime.md', languages: ['js', 'json'], by: 'e2e/guide/snippets.ts' },
  { file: 'docs/webhooks.md', languages: ['js', 'json'], by: 'e2e/guide/snippets.ts' },
  ...['docs/zapier.md', 'docs/make.md', 'docs/errors.md'].map((file) => ({
    file,
    languages: ['json'],
    by: 'e2e/guide/snippets.ts',
  })),
  {
    file: 'docs/verify-webhooks.md',
    languages: ['js', 'python', 'php', 'go', 'csharp'],
    by: 'edge/dashboard/screens/webhooks/verify-code.test.ts',
  },
  { file: 'docs/operations.md', languages: ['sh'], by: 'e2e/guide/operator.ts' },
  { file: 'docs/deployment/backup.md', languages: ['sh'], by: 'e2e/guide/operator.ts' },
];

const runBy = ({ file, language }: Block) =>
  RUN_BY.find((one) => one.file === file && one.languages.includes(language))?.by;

const migrations = (): Block[] =>
  readBlocks().filter(({ file }) => file.startsWith('docs/migrate/'));

it('each block of the documentation is run, or listed with the reason why not', () => {
  const unknown = readBlocks().filter(
    (block) =>
      !block.file.startsWith('docs/migrate/') &&
      NOT_RUN[block.name] === undefined &&
      runBy(block) === undefined,
  );
  expect(unknown.map(({ name, language }) => `${language} ${name}`)).toEqual([]);
});

it('nothing is listed that is not there', () => {
  const blocks = readBlocks();
  const names = new Set(blocks.map(({ name }) => name));
  expect(Object.keys(NOT_RUN).filter((name) => !names.has(name))).toEqual([]);
  const idle = RUN_BY.filter(
    ({ file, languages }) =>
      !blocks.some((block) => block.file === file && languages.includes(block.language)),
  );
  expect(idle).toEqual([]);
  expect(RUN_BY.filter(({ by }) => !existsSync(join(root, by)))).toEqual([]);
});

it.each([...new Set(migrations().map(({ file }) => file))])(
  '%s is followed, each command with the answer that stands after it',
  async (file) => {
    const name = file.replace('docs/', '');
    const commands = migrations().filter((block) => block.file === file && block.language === 'sh');
    expect(await readGuide(name)).toHaveLength(commands.length);
    const routes = readdirSync(join(root, 'e2e/routes')).map((test) =>
      readFileSync(join(root, 'e2e/routes', test), 'utf8'),
    );
    expect(routes.filter((text) => text.includes(`readGuide('${name}')`))).toHaveLength(1);
  },
);

it('commands are told apart, with what is said of each', () => {
  const code = `# A comment.
call $API/one -d '{"a":"it # is",
  "b":1}'   # 201 with data.id
for ((n = 1; ; n++)); do
  call two || break
done
LINK=$(call "$API/$(printf %s "three")" \\
  | jq -r .data)`;
  const commands = commandsOf(code);
  expect(commands.map((command) => command.split('\n').length)).toEqual([2, 3, 2]);
  expect(commands.map(remarkOf)).toEqual(['201 with data.id', '', '']);
});
