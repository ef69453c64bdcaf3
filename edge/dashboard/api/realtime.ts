import { useQueryClient, type QueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { BASE_PATH } from './base-path.ts';
import { connection } from './live.ts';
import { frameOf, isConcerned } from './realtime-frames.ts';

/** Events of a moment are answered by one reading: a busy session would use up the person's rate limit. */
const GATHER_MS = 500;
const PING_MS = 30_000;
const FIRST_PAUSE_MS = 1_000;
const LONGEST_PAUSE_MS = 60_000;

/** Keeps the stream of events open while the dashboard is shown, and reloads what each event concerns. */
export function useRealtime(workspaceId: string | undefined): void {
  const client = useQueryClient();
  useEffect(() => (workspaceId === undefined ? undefined : follow(client)), [client, workspaceId]);
}

/** @returns ends it */
function follow(client: QueryClient): () => void {
  let socket: WebSocket | undefined;
  let isEnded = false;
  let pause = FIRST_PAUSE_MS;
  let reconnect: ReturnType<typeof setTimeout> | undefined;
  let gather: ReturnType<typeof setTimeout> | undefined;
  const types = new Set<string>();
  const ping = setInterval(() => {
    if (socket?.readyState === WebSocket.OPEN) socket.send('ping');
  }, PING_MS);

  const readAnew = (): void => {
    gather = undefined;
    const seen = [...types];
    types.clear();
    void client.invalidateQueries({ predicate: ({ queryKey }) => isConcerned(queryKey, seen) });
  };
  const connect = (): void => {
    const url = new URL(`${BASE_PATH}/v1/realtime`, window.location.href);
    url.protocol = url.protocol.replace('http', 'ws');
    socket = new WebSocket(url, ['waypost']);
    socket.addEventListener('message', ({ data, currentTarget }) => {
      const frame = frameOf(data);
      if (frame?.type === 'ready') {
        pause = FIRST_PAUSE_MS;
        connection.cursor = frame.cursor;
        connection.set(true);
        // What happened before it was open.
        void client.invalidateQueries({
          predicate: ({ queryKey }) => isConcerned(queryKey, ['session.', 'message.']),
        });
      } else if (frame?.type === 'check') {
        // Proves that we read; see docs/realtime.md.
        if (currentTarget instanceof WebSocket) currentTarget.send(String(data));
      } else if (frame?.type === 'event') {
        types.add(frame.eventType);
        connection.cursor = Math.max(connection.cursor ?? 0, frame.seq);
        gather ??= setTimeout(readAnew, GATHER_MS);
      }
    });
    socket.addEventListener('close', () => {
      if (isEnded) return;
      connection.set(false);
      reconnect = setTimeout(connect, pause);
      pause = Math.min(2 * pause, LONGEST_PAUSE_MS);
    });
  };
  connect();
  return () => {
    clearInterval(ping);
    clearTimeout(reconnect);
    clearTimeout(gather);
    isEnded = true;
    socket?.close();
    connection.set(false);
  };
}
