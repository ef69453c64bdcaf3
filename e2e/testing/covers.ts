import { afterAll, beforeAll, type RunnerTestSuite } from 'vitest';
import type { SandboxProfile } from '../../shared/session-status.ts';
import { type Called, watchCalls } from './called.ts';

/** An operation of an OpenAPI document: `POST /v1/groups/{id}/leave`. */
export type Operation =
  | `${'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE'} /${'v1' | 'api' | 'wa' | 'compat'}/${string}`
  | 'GET /admin';

/**
 * Says which operations the tests of this `describe` (or file) call. They fail when one of them never succeeded.
 * scripts/write-coverage-doc.mjs reads these lists, so that the names must stand here literally.
 */
export function covers(...operations: Operation[]): void {
  watch(operations, 'success', ({ status }) => status < 300);
}

/** The same for operations that no engine can do: they are called, and answered with 501. */
export function coversRefusal(...operations: Operation[]): void {
  watch(operations, 'a 501', ({ status }) => status === 501);
}

function watch(
  operations: Operation[],
  outcome: string,
  isWanted: (call: Called) => boolean,
): void {
  const missing = new Set(operations);
  const note = (call: Called): void => {
    for (const operation of missing)
      if (isWanted(call) && isOf(operation, call)) missing.delete(operation);
  };
  let stop = (): void => undefined;
  beforeAll(() => {
    stop = watchCalls(note);
  });
  // oxlint-disable-next-line no-empty-pattern -- vitest takes nothing else there
  afterAll(({}, suite) => {
    stop();
    if (missing.size > 0 && isWhole(suite))
      throw new Error(`nothing here calls ${[...missing].join(', ')} with ${outcome}`);
  });
}

/** The same for tests that run on the page of every sandbox profile, inside their `describe.each`. */
export function coversOnEveryPage(_profile: SandboxProfile, ...operations: Operation[]): void {
  covers(...operations);
}

function isOf(operation: Operation, { method, path }: Called): boolean {
  const [wanted = '', template = ''] = operation.split(' ');
  const pattern = template.replaceAll(/\{\w+\}/g, '[^/]+').replaceAll('.', '\\.');
  return method === wanted && new RegExp(`^${pattern}$`).test(path);
}

/** Whether all of its tests ran: a part of them proves nothing. */
const isWhole = ({ tasks }: Pick<RunnerTestSuite, 'tasks'>): boolean =>
  tasks.every((task) => (task.type === 'suite' ? isWhole(task) : task.result?.state === 'pass'));
