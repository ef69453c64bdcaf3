import type { Wanting } from '../testing/check-deliveries.ts';
import type { DeliveryRow, EventRow } from '../testing/read-deliveries.ts';

/** What one run did and what came of it, from every side that saw it. All texts of a run are different. */
export type History = {
  /** Every send, with the one definite answer that its Idempotency-Key came to. */
  sends: readonly Send[];
  /** Messages as the API lists them at the end. */
  messages: readonly EndedMessage[];
  /** What reached WhatsApp, in order, as WhatsApp wrote it down. */
  wire: readonly WireSend[];
  /** What people wrote to the sessions. */
  inbound: readonly Inbound[];
  /** Of `GET /v1/events`, those of the messages. */
  events: readonly RecordedEvent[];
  /** `seq` of every event there is, whatever it is about. */
  seqs: readonly number[];
  /** What the webhook's receiver got, every attempt that it answered with 200. */
  delivered: readonly RecordedEvent[];
  /** What WhatsApp saw that must not be: two connections of one device, a wire id twice, a key that went back. */
  violations: readonly Violation[];
  /** The outbound rows of the database, whatever the API says of them. */
  rows: readonly MessageRow[];
  /** `lease_history`: each session's owners, in the order in which they were written. */
  owners: readonly Owner[];
  /** When each session's device was connected, as WhatsApp saw it. */
  connections: readonly Connection[];
  /** How often each account's session said that it goes on from an older copy. */
  oldCopies: Readonly<Record<string, number>>;
  /** Every event of this workspace and of its neighbour, as the database holds it, in order. */
  log: readonly EventRow[];
  /** What each road showed of the workspace's events. */
  readings: readonly Reading[];
  workspaceId: string;
  /** `seq` of the last event of this workspace that is judged. */
  upTo: number;
  endpoints: readonly ChaosEndpoint[];
  deliveries: readonly DeliveryRow[];
  /** Every request that an endpoint got, whatever it answered. */
  requests: readonly Arrived[];
};

/** What there is to know of the roads by which events reach their readers. */
export type RoadHistory = Pick<
  History,
  'log' | 'readings' | 'workspaceId' | 'upTo' | 'endpoints' | 'deliveries' | 'requests'
>;

/** Ids of events in the order in which they came. `from`: `seq` of the last event before them. */
export type Reading = { road: string; from: number; ids: readonly string[] };
/** `refuses`: it takes nothing. */
export type ChaosEndpoint = Wanting & { refuses: boolean };

export type MessageRow = { id: string; sessionId: string; status: string };

/** Times are ms since the epoch; `to` is null while it lasts. */
type Interval = { sessionId: string; from: number; to: number | null };
export type Owner = Interval & { epoch: number; runnerId: string; cause: string };
export type Connection = Interval & { deviceId: number };

export type Violation = { kind: string; account: string; detail: string };

export type Send = {
  sessionId: string;
  text: string;
  /** Null: refused, for good. */
  messageId: string | null;
};

export type EndedMessage = { id: string; status: string; wireId: string | null; queueSeq: number };
export type WireSend = { account: string; wireId: string; text: string };
/** `at`: when it was written, ms since the epoch. */
export type Inbound = { sessionId: string; wireId: string; text: string; at: number };
export type RecordedEvent = {
  id: string;
  type: string;
  seq: number;
  sessionId: string | null;
  wireId: string | null;
  messageId: string | null;
};
export type Arrived = RecordedEvent & { endpoint: string; webhookId: string; status: number };
