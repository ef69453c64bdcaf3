import { AppError } from '../../shared/errors.ts';
import type { EdgeEnv } from '../env.ts';
import type { Hubs } from './port.ts';

/** What the hub's own `fetch` is told about a new socket, as JSON of `NewSocket`. Nobody else reaches a hub. */
export const SOCKET_HEADER = 'x-waypost-socket';

/** Why a hub opens no socket: its answer's status. */
export const REFUSED = { tooMany: 429, tokenUsed: 401 } as const;

export function createHubs({ HUB }: Pick<EdgeEnv, 'HUB'>): Hubs {
  return {
    wake: (workspaceId) => HUB.getByName(workspaceId).wake(),
    look: (workspaceId) => HUB.getByName(workspaceId).look(),
    count: (workspaceId) => HUB.getByName(workspaceId).count(),
    async open(socket) {
      const headers = { upgrade: 'websocket', [SOCKET_HEADER]: JSON.stringify(socket) };
      const { status, webSocket } = await HUB.getByName(socket.holder.workspaceId)
        .fetch('https://hub/', { headers })
        .catch((cause: unknown) => {
          throw new AppError('UNAVAILABLE', undefined, undefined, { cause });
        });
      if (status === REFUSED.tooMany)
        throw new AppError(
          'LIMIT_EXCEEDED',
          'The workspace has as many realtime connections as its tier allows. Close one first.',
          { limit: socket.limit },
        );
      if (status === REFUSED.tokenUsed)
        throw new AppError(
          'UNAUTHORIZED',
          'This token was used before. Each connection needs its own: POST /v1/realtime/token.',
        );
      if (webSocket === null) throw new Error(`the hub answered ${status}`);
      return webSocket;
    },
  };
}
