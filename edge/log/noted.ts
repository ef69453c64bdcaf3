import { type IdKind, isId } from '../../shared/ids.ts';

/**
 * What the line of a unit of work says of it, put together by those who do the work. Ids, counts and fixed words alone:
 * no text, number, URL or credential.
 */
export type Noted = {
  workspaceId?: string;
  sessionId?: string;
  messageId?: string;
  endpointId?: string;
  deliveryId?: string;
  eventId?: string;
  mediaId?: string;
  runnerId?: string;
  /** The answer is that of an earlier request. */
  replayed?: boolean;
  /** Reports that were written, and those that were refused. */
  accepted?: number;
  refused?: number;
  /** Attempts that a call for an endpoint made, by what became of the deliveries; or why it made none. */
  delivered?: number;
  pending?: number;
  failed?: number;
  why?: string;
};

const NAMED = {
  session: 'sessionId',
  message: 'messageId',
  webhook: 'endpointId',
  delivery: 'deliveryId',
  event: 'eventId',
  media: 'mediaId',
} as const satisfies Partial<Record<IdKind, keyof Noted>>;

/** Notes ids among a request's parameters by their prefixes. Names and numbers are no ids. */
export function noteIds(noted: Noted, values: Iterable<unknown>): void {
  for (const value of values)
    for (const [kind, field] of entriesOf(NAMED))
      if (typeof value === 'string' && isId(kind, value)) noted[field] = value;
}

const entriesOf = <Key extends string, Value>(of: Record<Key, Value>): [Key, Value][] =>
  // The table is an object literal: it has no other keys.
  Object.entries(of) as [Key, Value][];
