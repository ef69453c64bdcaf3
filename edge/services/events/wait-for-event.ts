import { AppError } from '../../../shared/errors.ts';
import type { ServiceContext } from '../../context.ts';
import { CLOSE } from '../../realtime/frames.ts';
import type { SocketFilter } from '../../realtime/port.ts';
import { openSocket } from '../realtime/open-socket.ts';

/**
 * Resolves when the log has an event after this `seq` that fits, or after so many seconds. The workspace's hub says so:
 * meanwhile nothing is asked of the database for this caller.
 * @throws AppError UNAUTHORIZED or FORBIDDEN when the caller loses the right to read; LIMIT_EXCEEDED as `openSocket`
 */
export async function waitForEvent(
  ctx: ServiceContext,
  filter: SocketFilter,
  after: number,
  seconds: number,
): Promise<void> {
  const socket = await openSocket({ ctx, input: { filter, after, token: null } });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, seconds * 1_000);
  socket.addEventListener('message', ({ data }) => {
    if (String(data).startsWith('{"type":"event"')) resolve();
  });
  socket.addEventListener('close', ({ code }) => {
    if (code === CLOSE.unauthorized.code) reject(new AppError('UNAUTHORIZED'));
    else if (code === CLOSE.forbidden.code) reject(new AppError('FORBIDDEN'));
    else resolve();
  });
  socket.accept();
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    socket.close(1000);
  }
}
