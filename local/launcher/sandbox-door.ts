import { createServer, request as ask, type IncomingMessage, type ServerResponse } from 'node:http';
import { pipeline } from 'node:stream/promises';
import { closeServer, listenOnLoopback } from '../http.ts';
import type { ManagedProcess } from './managed-process.ts';

export type SandboxDoor = {
  url: string;
  /** The sandbox's process, while there is one. */
  running: () => ManagedProcess[];
  close: () => Promise<void>;
};

const CLOSE_GRACE_MS = 2_000;

/**
 * The sandbox's control API on its port, with the sandbox's process behind it only while it is needed: it is started for a
 * request, and ended when it says that no page has been open for a while. Pages that are open at the start of the
 * deployment find it again: it always runs at first.
 * @param idleMs how long no page may be open before the process ends; a session that starts asks first, then opens its page
 * @param make the process; it calls `onIdle` when it was idle for that long
 * @param onChange called when the process is another one, or none
 */
export async function openSandboxDoor({
  port,
  idleMs,
  make,
  onChange,
}: {
  port: number;
  idleMs: number;
  make: (onIdle: () => void) => ManagedProcess;
  onChange: () => void;
}): Promise<SandboxDoor> {
  let sandbox: ManagedProcess | undefined;
  let starting: Promise<unknown> | undefined;
  let ending: Promise<void> | undefined;
  let open = 0;
  let lastAskedAt = 0;

  const end = async (): Promise<void> => {
    const ended = sandbox;
    sandbox = undefined;
    starting = undefined;
    ending = ended?.stop();
    await ending;
    onChange();
  };
  const onIdle = (): void => {
    // What was asked just now may have crossed this message. The sandbox will be idle again.
    if (open > 0 || Date.now() - lastAskedAt < idleMs / 2) return;
    void end();
  };
  /** The address of the sandbox that runs. @throws Error when it cannot start */
  const wake = async (): Promise<string> => {
    await ending;
    if (starting === undefined) {
      sandbox = make(onIdle);
      starting = sandbox.start().then(onChange);
    }
    try {
      await starting;
    } catch (error) {
      starting = undefined;
      throw error;
    }
    return sandbox?.facts?.url ?? '';
  };

  const server = createServer((request, response) => {
    open += 1;
    lastAskedAt = Date.now();
    response.once('close', () => (open -= 1));
    wake()
      .then((url) => pass(url, request, response))
      .catch(() => {
        if (response.headersSent) response.destroy();
        else response.writeHead(503).end();
      });
  });
  await wake();
  const url = await listenOnLoopback(server, port);
  return {
    url,
    running: () => (sandbox === undefined ? [] : [sandbox]),
    close: async () => {
      await closeServer(server, CLOSE_GRACE_MS);
      await end();
    },
  };
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
