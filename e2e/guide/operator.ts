import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { inheritedEnvironment } from '../testing/env.ts';
import { blocksOf, commandsOf, root } from './blocks.ts';

/** The commands of the page's shell block that has these words. */
export function commandsWith(file: string, words: string): string[] {
  const found = blocksOf(file).filter(
    ({ language, code }) => language === 'sh' && code.includes(words),
  );
  const [block] = found;
  if (block === undefined || found.length > 1)
    throw new Error(`${found.length} blocks of ${file} have ${words}`);
  return commandsOf(block.code);
}

/**
 * Runs a command as the operator of a deployment does: in the repository's folder, with real names for the guide's.
 * @param directory WAYPOST_DIR
 * @throws Error with what it printed when it fails
 */
export async function operate(
  command: string,
  directory: string,
  names: Readonly<Record<string, string>> = {},
): Promise<string> {
  const filled = Object.entries(names).reduce(
    (text, [example, real]) => text.replaceAll(example, real),
    command,
  );
  const env = { ...inheritedEnvironment(), WAYPOST_DIR: directory };
  const { stdout } = await promisify(execFile)('bash', ['-c', filled], { cwd: root, env });
  return stdout;
}
