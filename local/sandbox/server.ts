import { request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { z } from 'zod';
import { HttpError, startServer } from '../http.ts';
import { reasonOf, stderrLog } from '../log.ts';
import { ManagedProcess } from '../managed-process.ts';
import { type RunningService, tell } from '../service-process.ts';

export const sandboxConfigSchema = z.object({
  /** Port of the sandbox's control API. */
  port: z.number().int().min(0).max(65_535),
  tlsPort: z.number().int().min(0).max(65_535),
  dataDir: z.string().min(1),
  controlToken: z.string().min(1),
  /** The sandbox's program, what it is started with, and the file for its log. */
  program: z.string().min(1),
  environment: z.record(z.string(), z.string()).default({}),
  logFile: z.string().min(1),
  /** How long no page may be open before the sandbox ends; a session that starts asks first, then opens its page. */
  idleMs: z.number().int().min(1).default(60_000),
});

/** The service, and the pid of the sandbox's own process while it runs. */
export type RunningSandbox = RunningService & { sandboxPid: () => number | undefined };

/**
 * The sandbox's control API on its port, with the sandbox's process behind it only while it is needed: it is started for a
 * request, and ended when no page has been open for a while. It always runs at first, for pages that are open already.
 */
export async function startSandbox(
  config: z.infer<typeof sandboxConfigSchema>,
  say: (text: string) => void = tell,
): Promise<RunningSandbox> {
  const { port, tlsPort, dataDir, controlToken, program, environment, logFile, idleMs } = config;
  let sandbox: ManagedProcess | undefined;
  let starting: Promise<unknown> | undefined;
  let ending: Promise<void> | undefined;
  let open = 0;
  let lastAskedAt = 0;
  let isSaid = false;

  const end = async (): Promise<void> => {
    const ended = sandbox;
    sandbox = undefined;
    starting = undefined;
    ending = ended?.stop();
    await ending;
  };
  const onIdle = (): void => {
    // What was asked just now may have crossed this message. The sandbox will be idle again.
    if (open > 0 || Date.now() - lastAskedAt < idleMs / 2) return;
    void end();
  };
  const makeProcess = (): ManagedProcess => {
    const WAYPOST_SERVICE = JSON.stringify({ tlsPort, dataDir, controlToken, idleMs });
    return new ManagedProcess(
      {
        name: 'sandbox',
        file: program,
        environment: { ...environment, WAYPOST_SERVICE },
        logFile,
        readyWithinMs: 60_000,
        onIdle,
      },
      () => {},
    );
  };
  /** The address of the sandbox that runs. @throws Error when it cannot start */
  const wake = async (): Promise<string> => {
    await ending;
    sandbox ??= makeProcess();
    const woken = sandbox;
    starting ??= woken.start();
    try {
      await starting;
    } catch (error) {
      if (sandbox === woken) await end();
      throw error;
    }
    return woken.facts?.url ?? '';
  };

  await wake();
  const running = await startServer({
    port,
    log: stderrLog('sandbox'),
    handle: async (request, response) => {
      open += 1;
      lastAskedAt = Date.now();
      response.once('close', () => (open -= 1));
      const url = await wake().catch((error: unknown) => {
        const reason = `The sandbox cannot start: ${reasonOf(error)}`;
        if (!isSaid) say(reason);
        isSaid = true;
        throw new HttpError(503, reason);
      });
      isSaid = false;
      await pass(url, request, response).catch((error: unknown) => {
        throw new HttpError(503, `The sandbox broke off: ${reasonOf(error)}`);
      });
    },
    release: async (closed) => {
      await closed;
      await end();
    },
  });
  return { ...running, sandboxPid: () => sandbox?.pid };
}

async function pass(url: string, request: IncomingMessage, response: ServerResponse) {
  const { method, headers, url: path = '/' } = request;
  const onward = ask(new URL(path, url), { method, headers });
  const answered = new Promise<IncomingMessage>((resolve, reject) => {
    onward.once('response', resolve).once('error', reject);
  });
  await Promise.all([
    pipeline(request, onward),
    answered.then((answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers);
      return pipeline(answer, response);
    }),
  ]);
}
