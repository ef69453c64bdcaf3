import { createExecutionContext, waitOnExecutionContext } from 'cloudflare:test';
import { createApp } from '../app.ts';
import { createIsolateState, createServices } from '../compose.ts';
import type { EdgeEnv } from '../env.ts';
import type { LogLine } from './harness.ts';

/** The Worker in an isolate of its own, with a clock that a test sets and the lines that it logs. */
export function oneIsolate(env: EdgeEnv) {
  const lines: LogLine[] = [];
  const clock = { now: Date.now() };
  const isolate = createIsolateState((line) => void lines.push(line));
  const app = createApp((_bindings, execution) =>
    createServices({
      env,
      isolate,
      waitUntil: (work) => execution.waitUntil(work),
      now: () => clock.now,
    }),
  );
  return {
    lines,
    clock,
    get: async (path: string, headers: Record<string, string> = {}): Promise<Response> => {
      const execution = createExecutionContext();
      const request = new Request(`http://waypost.test${path}`, { headers });
      const answer = await app.fetch(request, {}, execution);
      await waitOnExecutionContext(execution);
      return answer;
    },
  };
}
