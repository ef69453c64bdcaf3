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
  /** How often each account's session was seen on another runner than before. */
  moves: Readonly<Record<string, number>>;
};

export type Violation = { kind: string; account: string; detail: string };

export type Send = {
  sessionId: string;
  text: string;
  /** Null: refused, for good. */
  messageId: string | null;
};

export type EndedMessage = { id: string; status: string; wireId: string | null; queueSeq: number };
export type WireSend = { account: string; wireId: string; text: string };
export type Inbound = { sessionId: string; wireId: string; text: string };
export type RecordedEvent = {
  id: string;
  type: string;
  seq: number;
  sessionId: string | null;
  wireId: string | null;
  messageId: string | null;
};
