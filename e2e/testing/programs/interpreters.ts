import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { z } from 'zod';
import { inheritedEnvironment } from '../env.ts';

const Said = z.object({ status: z.number(), text: z.string(), problem: z.string().nullable() });
/** What the API answered to a program, and the error that the program ended with, if any. */
export type Said = z.infer<typeof Said>;

export const LANGUAGES = ['cURL', 'Node', 'Python'] as const;
export type Language = (typeof LANGUAGES)[number];

const file = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const COMMANDS: Record<Language, [command: string, file: string]> = {
  cURL: ['bash', file('run-curl.sh')],
  Node: [process.execPath, file('run-node.mjs')],
  Python: ['python3', file('run-python.py')],
};

export type Interpreter = { run: (code: string) => Promise<Said>; close: () => Promise<void> };

/** A process that runs one program after the other in this folder, since to start one for each takes longer than the call. */
export function startInterpreter(
  language: Language,
  cwd: string,
  variables: Readonly<Record<string, string>>,
): Interpreter {
  const [command, path] = COMMANDS[language];
  const env = { ...inheritedEnvironment(), ...variables };
  const child: ChildProcessWithoutNullStreams = spawn(command, [path], { cwd, env });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  child.stderr.resume();
  const ask = async (line: string): Promise<string> => {
    child.stdin.write(`${line}\n`);
    const { value, done } = await lines.next();
    if (done === true) throw new Error(`${command} has ended`);
    return value;
  };
  return {
    run: async (code) => {
      if (language === 'cURL') return ofCurl(await ask(Buffer.from(code).toString('base64')));
      return Said.parse(JSON.parse(await ask(JSON.stringify(code))));
    },
    close: async () => {
      child.stdin.end();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** The answer, then its status on a line of its own. */
function ofCurl(printed: string): Said {
  const output = Buffer.from(printed, 'base64').toString();
  const at = output.lastIndexOf('\n');
  return { status: Number(output.slice(at + 1)), text: output.slice(0, at), problem: null };
}
