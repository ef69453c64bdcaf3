import type { PublicEvent } from '../../shared/catalogue/events/index.ts';
import { AppError } from '../../shared/errors.ts';
import type { ServiceContext } from '../context.ts';
import { type EventsPage, readEvents } from '../services/events/read-events.ts';
import { compatFacts } from '../services/events/compat-facts.ts';
import { wahaFrames } from '../values/waha/webhook.ts';
import { holdsScope } from '../services/keys/require-scope.ts';
import { reachOf } from '../services/users/reach.ts';
import { afterCheck, afterEvent, type Flow, isCheckDue, mayTake } from './flow.ts';
import type { Rights } from './rights.ts';
import { sessionFrames } from './session-frames-out.ts';
import { closeFor, isOpen, remember, say, type SocketState, stateOf } from './socket-state.ts';

/** Events that a socket gets in one round. */
const PAGE = 100;
/** Readings of the log side by side. */
const AT_ONCE = 6;

/** Sockets that are to read the same part of the log with the same rights. */
type Group = { key: string; ctx: ServiceContext; state: SocketState; sockets: WebSocket[] };

type Round = {
  rights: Rights;
  now: () => number;
  /** Is given what fails for a reader. Its next round is when the hub looks again. */
  failed: (error: unknown) => void;
};

/**
 * One round: each socket that may take more is sent the next page of what it listens to, and sockets whose holders may not
 * read any more are closed. One that is far behind, or whose reading fails, holds up no other: each has its page.
 * @returns whether the log has more for one of them
 */
export async function deliver(sockets: readonly WebSocket[], round: Round): Promise<boolean> {
  const groups = [...(await groupsOf(sockets, round)).values()];
  let hasMore = false;
  for (let start = 0; start < groups.length; start += AT_ONCE) {
    const some = await Promise.all(
      groups.slice(start, start + AT_ONCE).map(async (group) => {
        try {
          return await deliverTo(group, round.now);
        } catch (error) {
          round.failed(error);
          return false;
        }
      }),
    );
    hasMore ||= some.includes(true);
  }
  return hasMore;
}

/**
 * Sends each socket the cursor that it has been read up to, if that is beyond the last number that it was sent: a client
 * whose filter matches little can then resume without reading the log again, or missing its end.
 */
export function reportCursors(sockets: readonly WebSocket[], now: number): void {
  for (const socket of sockets) {
    const state = stateOf(socket);
    const { cursor, told, flow, dialect } = state;
    if (dialect !== null || cursor <= told || !mayTake(flow)) continue;
    const frame = JSON.stringify({ type: 'cursor', cursor });
    remember(socket, { ...state, told: cursor, flow: send(socket, flow, frame, cursor, now) });
  }
}

async function groupsOf(
  sockets: readonly WebSocket[],
  { rights, failed }: Round,
): Promise<ReadonlyMap<string, Group>> {
  const groups = new Map<string, Group>();
  await Promise.all(
    sockets.map(async (socket) => {
      const right = await rights.of(stateOf(socket)).catch(failed);
      if (right === undefined) return;
      if ('closed' in right) return closeFor(socket, right.closed);
      const state = stateOf(socket);
      if (!isOpen(socket) || !mayTake(state.flow)) return;
      const { ctx } = right;
      const key = JSON.stringify([reachOf(ctx), holdsScope(ctx, 'sessions:write'), placeOf(state)]);
      const group = groups.get(key) ?? { key, ctx, state, sockets: [] };
      group.sockets.push(socket);
      groups.set(key, group);
    }),
  );
  return groups;
}

/** What a socket listens to, and from where on. */
const placeOf = ({ filter, cursor, dialect }: SocketState): string =>
  JSON.stringify([filter, cursor, dialect]);

async function deliverTo({ ctx, state, sockets }: Group, now: () => number): Promise<boolean> {
  const { filter, cursor } = state;
  const page = await readEvents(ctx, { ...filter, after: cursor, limit: PAGE }).catch(
    (error: unknown) => {
      if (error instanceof AppError && error.code === 'CURSOR_TOO_OLD') return null;
      throw error;
    },
  );
  if (page === null) {
    for (const socket of sockets) closeFor(socket, 'cursorTooOld');
    return false;
  }
  const frames = await framesOfAll(ctx, page.events, state);
  const place = placeOf(state);
  // A socket that changed its subscription meanwhile, or was closed, has no use for this page.
  const waiting = sockets.filter((socket) => isOpen(socket) && placeOf(stateOf(socket)) === place);
  const goOn = waiting.map((socket) => give(socket, page, frames, now()));
  return goOn.includes(true);
}

/** @returns whether there is more, and the socket may take it */
function give(
  socket: WebSocket,
  { events, through, hasMore }: EventsPage,
  frames: readonly (readonly string[])[],
  now: number,
): boolean {
  const state = stateOf(socket);
  let { flow, cursor, told } = state;
  for (const [index, { seq }] of events.entries()) {
    for (const frame of frames[index] ?? []) flow = send(socket, flow, frame, seq, now);
    cursor = seq;
    told = seq;
    if (!mayTake(flow)) break;
  }
  const isDone = mayTake(flow);
  remember(socket, { ...state, flow, told, cursor: isDone ? through : cursor });
  return isDone && hasMore;
}

/** What a socket is sent of each event, in its dialect. */
async function framesOfAll(
  ctx: ServiceContext,
  events: readonly PublicEvent[],
  { dialect }: SocketState,
): Promise<string[][]> {
  const framesOf = await speaker(ctx, events, dialect);
  return Promise.all(
    events.map(async (event) => (await framesOf(event)).map((frame) => JSON.stringify(frame))),
  );
}

type Speaker = (event: PublicEvent) => object[] | Promise<object[]>;

async function speaker(
  ctx: ServiceContext,
  events: readonly PublicEvent[],
  dialect: SocketState['dialect'],
): Promise<Speaker> {
  if (dialect === null) return (event) => [{ type: 'event', event }];
  if (dialect === 'sessions') return sessionFrames;
  const facts = await compatFacts(ctx, events);
  return (event) => {
    const context = facts.get(event.id);
    return context === undefined ? [] : wahaFrames(event, context, dialect.waha);
  };
}

/** Sends a frame, and a check after it when one is due. */
function send(socket: WebSocket, flow: Flow, frame: string, seq: number, now: number): Flow {
  socket.send(frame);
  // Clients of a source system know no checks.
  if (stateOf(socket).dialect !== null) return flow;
  const sent = afterEvent(flow, frame.length);
  if (!isCheckDue(sent)) return sent;
  say(socket, { type: 'check', seq });
  return afterCheck(seq, now);
}
