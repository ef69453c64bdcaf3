import { execFileSync, spawnSync } from 'node:child_process';
import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { VERIFY_CODE, VERIFY_LANGUAGES, type VerifyLanguage } from './verify-code.ts';

const SECRET = 'whsec_c2VjcmV0';
const BODY = '{"type":"webhook.test","text":"Grüße"}';

const folder = mkdtempSync(join(tmpdir(), 'waypost-verify-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** A program that says of each header of its arguments whether it is a good one for the body in BODY. */
type Program = { command: string; file: string; run: string[]; call: (code: string) => string };
const PROGRAMS: Record<VerifyLanguage, Program> = {
  Node: {
    command: process.execPath,
    file: 'verify.mjs',
    run: [],
    call: (code) =>
      `${code}\nfor (const h of process.argv.slice(2)) console.log(isFromWaypost(h, process.env.BODY));`,
  },
  Python: {
    command: 'python3',
    file: 'verify.py',
    run: [],
    call: (code) =>
      `${code}\nimport sys\nfor h in sys.argv[1:]:\n    print(str(is_from_waypost(h, os.environ["BODY"].encode())).lower())`,
  },
  PHP: {
    command: 'php',
    file: 'verify.php',
    run: [],
    call: (code) =>
      `${code}\nforeach (array_slice($argv, 1) as $h) echo is_from_waypost($h, getenv('BODY')) ? "true\\n" : "false\\n";`,
  },
  Go: {
    command: 'go',
    file: 'verify.go',
    run: ['run'],
    call: (code) =>
      `${code.replace('package webhook', 'package main').replace('import (', 'import (\n\t"fmt"')}\nfunc main() {\n\tfor _, h := range os.Args[1:] {\n\t\tfmt.Println(IsFromWaypost(h, []byte(os.Getenv("BODY"))))\n\t}\n}`,
  },
  'C#': {
    command: 'mcs',
    file: 'verify.cs',
    run: [],
    call: (code) =>
      `${code}\nstatic class Program {\n  static void Main(string[] args) {\n    foreach (var h in args) Console.WriteLine(Waypost.IsSender(h, Encoding.UTF8.GetBytes(Environment.GetEnvironmentVariable("BODY"))) ? "true" : "false");\n  }\n}`,
  },
};

const isInstalled = ({ command }: Program): boolean =>
  spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

const verdicts = (language: VerifyLanguage, { command, file, run, call }: Program): string[] => {
  const path = join(folder, file);
  writeFileSync(path, call(VERIFY_CODE[language]('HOOK_SECRET')));
  const now = Math.floor(Date.now() / 1_000);
  const headers = [
    signed(now),
    `${signed(now)},v1=${'0'.repeat(64)}`,
    signed(now, '{}'),
    signed(now - 400),
    '',
  ];
  const given = [`HOOK_SECRET=${SECRET}`, `BODY=${BODY}`];
  const args = [...given, ...started({ command, run, path }), ...headers];
  const printed = execFileSync('env', args, { encoding: 'utf8' });
  return printed.trim().split('\n');
};

/** C# is compiled first. */
function started({
  command,
  run,
  path,
}: {
  command: string;
  run: string[];
  path: string;
}): string[] {
  if (command !== 'mcs') return [command, ...run, path];
  execFileSync('mcs', ['-out:verify.exe', path], { cwd: folder });
  return ['mono', join(folder, 'verify.exe')];
}

const signed = (at: number, body = BODY): string =>
  `t=${at},v1=${createHmac('sha256', SECRET).update(`${at}.${body}`).digest('hex')}`;

describe('the code that verifies a webhook', () => {
  // .ci/run installs what runs them.
  for (const [language, program] of Object.entries(PROGRAMS) as [VerifyLanguage, Program][])
    it.runIf(isInstalled(program))(
      `in ${language} accepts what was signed now, also beside an older secret, and refuses the rest`,
      { timeout: 60_000 },
      () => {
        expect(verdicts(language, program)).toEqual(['true', 'true', 'false', 'false', 'false']);
      },
    );

  it.each(VERIFY_LANGUAGES)('reads the secret by its own name: %s', (language) => {
    expect(VERIFY_CODE[language]('SHOP_HOOK')).toContain('SHOP_HOOK');
  });
});
