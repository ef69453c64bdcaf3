import { spawn } from 'node:child_process';
import { inheritedEnvironment } from '../env.ts';

export type CommandResult = { code: number; output: string };
export type RunCommand = (
  command: string,
  args: readonly string[],
  env?: Record<string, string>,
) => Promise<CommandResult>;

/** Runs a command in this folder and keeps what it says; 127 when there is no such command. */
export const runCommand: RunCommand = (command, args, env = {}) =>
  new Promise((resolve) => {
    const child = spawn(command, args, {
      env: { ...inheritedEnvironment(), ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
    child.once('error', (error) => resolve({ code: 127, output: error.message }));
    child.once('close', (code) => resolve({ code: code ?? 1, output }));
  });

/** The last lines of what a command said: the cause is usually there. */
export const lastLines = (output: string): string =>
  output.trim().split('\n').slice(-12).join('\n');
