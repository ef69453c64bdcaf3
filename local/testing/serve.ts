import type { IncomingMessage, ServerResponse } from 'node:http';
import {
  answerError,
  closeServer,
  createSafeServer,
  listenOnLoopback,
  logToStderr,
} from '../http.ts';
import type { RunningService } from '../service-process.ts';

/** A server for tests, on a free port unless one is named. Closing it cuts what is still open. */
export async function serve(
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  port = 0,
): Promise<RunningService> {
  const server = createSafeServer(async (request, response) => {
    await handle(request, response);
  }, answerError(logToStderr));
  const url = await listenOnLoopback(server, port);
  return { url, close: () => closeServer(server, 0) };
}
