import { LIVE_OPERATIONS } from '../../shared/catalogue/live-operations.ts';
import { rowsOf } from '../../shared/catalogue/testing/rows-of.ts';
import type { Harness, NewSession } from './harness.ts';

/** As a runner answers a command that was done. */
export const done = (result: unknown) => ({ body: { ok: true, result } });

/** What a fake runner answers to each live operation: its row's example. */
export const liveAnswers = () =>
  Object.fromEntries(
    rowsOf(LIVE_OPERATIONS).map(([name, { example }]) => [name, done(example.output)]),
  );

/** The default session of a new workspace, online at a fake runner; with calls by the workspace's key. */
export async function liveSession(harness: Harness, change: Partial<NewSession> = {}) {
  const { workspaceId, apiKey } = await harness.newWorkspace();
  const runner = harness.newRunner();
  await runner.script(liveAnswers());
  const session = { workspaceId, owner: runner.owner, isDefault: true, ...change };
  const { id, name } = await harness.newSession(session);
  const call = (method: string, path: string, body?: unknown) =>
    harness.call(method, `/v1${path}`, { key: apiKey, ...(body === undefined ? {} : { body }) });
  return { workspaceId, apiKey, runner, id, name, call };
}
