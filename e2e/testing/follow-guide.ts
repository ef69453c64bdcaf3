import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inheritedEnvironment } from './env.ts';

/** A command of a guide, and the answer that the guide shows for it. */
export type Step = { command: string; format: 'json' | 'csv'; answer: string };

/** The commands of a guide in docs/, each with the answer that stands after it. */
export async function readGuide(name: string): Promise<Step[]> {
  const text = await readFile(new URL(`../../docs/${name}`, import.meta.url), 'utf8');
  const steps = text.matchAll(
    /^```sh\n([^`]+)^```\n(?:[^`]|`[^`\n]+`)*?^```(json|csv)\n([^`]+)^```$/gm,
  );
  return [...steps].map(([, command = '', format, answer = '']) => ({
    command,
    format: format === 'csv' ? 'csv' : 'json',
    answer: answer.trim(),
  }));
}

/** Runs the command as a reader would, with these variables set, and gives back what it printed. */
export async function runStep(
  { command }: Step,
  variables: Readonly<Record<string, string>>,
): Promise<string> {
  const { stdout } = await promisify(execFile)('bash', ['-c', command], {
    env: { PATH: inheritedEnvironment().PATH, ...variables },
  });
  return stdout.trim();
}

/** An answer with each id and time as its kind, since they are others each time. */
export const alike = (format: Step['format'], answer: string): unknown =>
  format === 'csv'
    ? answer
    : JSON.parse(answer, (_name, value: unknown) =>
        typeof value === 'string'
          ? value
              .replace(/\b([a-z]{3})_[0-9a-z]{26}\b/g, '<$1>')
              .replace(/^data:image\/png;base64,.*/, '<png>')
              .replace(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/, '<time>')
              .replace(/^\d+@g\.us$/, '<group>')
              .replace(/^(?:PHONE|1555\d{7})$/, '<phone>')
          : value,
      );
