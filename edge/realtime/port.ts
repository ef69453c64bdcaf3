import { z } from 'zod';

/** Who opened a socket: what their state is read by, again and again. Not a credential. */
export const Holder = z.discriminatedUnion('kind', [
  z.object({
    kind: z.literal('apiKey'),
    workspaceId: z.string(),
    keyId: z.string(),
    keyHash: z.string(),
    mode: z.enum(['live', 'test']),
    perMinute: z.number().optional(),
  }),
  z.object({
    kind: z.literal('token'),
    workspaceId: z.string(),
    userId: z.string(),
    /** Row of `auth_sessions`; null for a person who came with a Supabase token. */
    authSessionId: z.string().nullable(),
  }),
]);
export type Holder = z.infer<typeof Holder>;

/** Which events a socket hears of, as `EventFilter` of services/events. */
export const SocketFilter = z.object({
  types: z.array(z.string()).nullable(),
  sessionIds: z.array(z.string()).nullable(),
});
export type SocketFilter = z.infer<typeof SocketFilter>;

/** A token that opens one socket. */
export const OneTimeUse = z.object({ id: z.string(), expiresAt: z.number() });
export type OneTimeUse = z.infer<typeof OneTimeUse>;

export const NewSocket = z.object({
  holder: Holder,
  /** Where the client is, as `callerAddress` reads it. */
  address: z.string().nullable(),
  /** Unix ms after which the holder has to show a credential again; null = never. */
  until: z.number().nullable(),
  filter: SocketFilter,
  /** `seq` of the last event that the client has. */
  cursor: z.number().int(),
  /** The token that it is opened with, if it is. */
  token: OneTimeUse.nullable(),
  /** Whose frames it speaks: ours, or those of a source system. */
  dialect: z
    .union([
      z.literal('sessions'),
      /** The names of WAHA's events that it asked for. */
      z.object({ waha: z.array(z.string()) }),
    ])
    .nullable()
    .default(null),
  /** Sockets that the workspace may have. */
  limit: z.number().int(),
});
export type NewSocket = z.infer<typeof NewSocket>;

/** The hubs of all workspaces: one Durable Object each. */
export type Hubs = {
  /** Says that the workspace's log has grown. It may be lost: a hub with sockets looks by itself every few seconds. */
  wake(workspaceId: string): Promise<void>;
  /** Says that somebody may have lost the right to read, or that a session is gone. It may be lost as well. */
  look(workspaceId: string): Promise<void>;
  /**
   * @returns the client's end of a new socket
   * @throws AppError LIMIT_EXCEEDED; UNAUTHORIZED for a token that was used before; UNAVAILABLE
   */
  open(socket: NewSocket): Promise<WebSocket>;
  /** How many sockets the workspace has now. */
  count(workspaceId: string): Promise<number>;
};
