import type { IncomingMessage, ServerResponse } from 'node:http';
import { startServer } from '../http.ts';
import { stderrLog } from '../log.ts';
import type { RunningService } from '../service-process.ts';

/** A server for tests, on a free port unless one is named. Closing it cuts what is still open. */
export const serve = (
  handle: (request: IncomingMessage, response: ServerResponse) => Promise<void> | void,
  port = 0,
): Promise<RunningService> => startServer({ port, log: stderrLog('test'), handle, graceMs: 0 });
