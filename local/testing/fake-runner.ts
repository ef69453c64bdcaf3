import type { IncomingMessage, ServerResponse } from 'node:http';
import type { SigningKeys } from '../../shared/signing/keys.ts';
import { SIGNED_HEADERS, verifyRequest } from '../../shared/signing/signed-request.ts';
import { readBody } from '../http.ts';
import type { RunningService } from '../service-process.ts';
import { Answer, type FakeRunnerCall, Script } from './fake-runner-protocol.ts';
import { serve } from './serve.ts';

const MAX_BODY_BYTES = 16 * 1024 * 1024;

type Runner = {
  script: Script;
  calls: FakeRunnerCall[];
  results: Map<string, Answer>;
  nextScript: PromiseWithResolvers<void>;
};

const DEFAULTS: Readonly<Record<string, Answer>> = {
  wake: Answer.parse({}),
  doorbell: Answer.parse({ body: { settled: null } }),
};
const UNSCRIPTED: Answer = Answer.parse({
  status: 501,
  body: { ok: false, error: { code: 'NOT_SUPPORTED', message: 'not in the script' } },
});

/**
 * Any number of runners in one real HTTP server, for tests that run inside workerd. A runner's URL is
 * `<url>/<runnerId>/<bootId>`; it verifies signatures as a runner does and needs no announcement.
 * Beside the signed routes, plainly: `PUT <runner's URL>/script` (FakeRunnerScript) and
 * `GET <runner's URL>/calls` (FakeRunnerCall[], refused and dropped ones included).
 */
export async function startFakeRunner(options: {
  keys: SigningKeys;
  port?: number;
}): Promise<RunningService> {
  const runners = new Map<string, Runner>();
  const nonces = new Set<string>();

  const runnerOf = (audience: string): Runner => {
    const known = runners.get(audience);
    if (known !== undefined) return known;
    const nextScript = Promise.withResolvers<void>();
    const fresh: Runner = { script: {}, calls: [], results: new Map(), nextScript };
    runners.set(audience, fresh);
    return fresh;
  };

  async function handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://runner.test');
    if (url.pathname === '/health') return answer(response, 200, {});
    const [, runnerId = '', bootId = '', ...rest] = url.pathname.split('/');
    const audience = `${runnerId}/${bootId}`;
    const runner = runnerOf(audience);
    const text = (await readBody(request, MAX_BODY_BYTES)).toString();
    const route = `${request.method} ${rest.join('/')}`;
    if (route === 'PUT script') {
      runner.script = Script.parse(JSON.parse(text));
      runner.nextScript.resolve();
      runner.nextScript = Promise.withResolvers<void>();
      return answer(response, 200, {});
    }
    if (route === 'GET calls') return answer(response, 200, runner.calls);

    const headers = new Headers();
    for (const [name, value] of Object.entries(request.headers))
      headers.set(name, Array.isArray(value) ? value.join(', ') : (value ?? ''));
    const verdict = await verifyRequest({
      request: { method: request.method ?? 'GET', url: url.href, headers },
      body: text,
      keys: options.keys,
      audience,
      rememberNonce: (nonce) => !nonces.has(nonce) && nonces.add(nonce).has(nonce),
    });
    const name = rest.at(-1) ?? '';
    const commandId = headers.get(SIGNED_HEADERS.commandId) ?? '';
    const stored = verdict.ok ? runner.results.get(commandId) : undefined;
    runner.calls.push({
      name,
      path: `/${rest.join('/')}`,
      body: parseJson(text),
      commandId,
      session: headers.get(SIGNED_HEADERS.session) ?? '',
      epoch: headers.get(SIGNED_HEADERS.epoch) ?? '',
      instance: headers.get('fly-force-instance-id'),
      refused: verdict.ok ? null : verdict.reason,
      repeated: stored !== undefined,
    });
    if (!verdict.ok)
      return answer(response, 401, {
        ok: false,
        error: { code: 'UNAUTHORIZED', message: 'refused', details: { reason: verdict.reason } },
      });

    const result = stored ?? nextAnswer(runner.script, name);
    runner.results.set(commandId, { ...result, drop: false });
    if (result.hang) return;
    if (result.held) await runner.nextScript.promise;
    if (result.drop) return void request.socket.destroy();
    answer(response, result.status, result.body);
  }

  return serve(handle, options.port);
}

function nextAnswer(script: Script, name: string): Answer {
  const scripted = script[name];
  if (scripted === undefined) return DEFAULTS[name] ?? UNSCRIPTED;
  if (!Array.isArray(scripted)) return scripted;
  const [first = UNSCRIPTED, ...rest] = scripted;
  if (rest.length > 0) script[name] = rest;
  return first;
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' });
  response.end(typeof body === 'string' ? body : JSON.stringify(body));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
