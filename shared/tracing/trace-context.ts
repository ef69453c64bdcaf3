import { toHex } from '../hex.ts';

/** A span's place, as `traceparent` names it. */
export type TraceContext = { traceId: string; spanId: string; sampled: boolean };

/** The same of a span that begins here; the parent is null where the trace begins, too. */
export type NewSpan = TraceContext & { parentSpanId: string | null };

/** https://www.w3.org/TR/trace-context-1/#traceparent-header; a later version may say more behind a dash. */
const TRACEPARENT = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** Reads a `traceparent` header. Null: it is not one, and the trace begins here. */
export function parseTraceparent(header: string | null | undefined): TraceContext | null {
  const [, version, traceId = '', spanId = '', flags = '', more] =
    TRACEPARENT.exec(header?.trim() ?? '') ?? [];
  if (version === undefined || version === 'ff' || (version === '00' && more !== undefined))
    return null;
  if (isZero(traceId) || isZero(spanId)) return null;
  return { traceId, spanId, sampled: (Number.parseInt(flags, 16) & 1) === 1 };
}

const isZero = (id: string): boolean => /^0+$/.test(id);

export const formatTraceparent = ({ traceId, spanId, sampled }: TraceContext): string =>
  `00-${traceId}-${spanId}-${sampled ? '01' : '00'}`;

/** Of its 64 bits, what a trace id decides by: services that sample by the same ratio agree. */
const LAST_56_BITS = 14;

/** The span of a call that names `caller`, or begins a trace, of which the share `ratio` is sampled. */
export function beginSpan(caller: TraceContext | null, ratio: number): NewSpan {
  if (caller !== null) return childOf(caller);
  const traceId = randomId(16);
  const sampled = Number.parseInt(traceId.slice(-LAST_56_BITS), 16) < ratio * 2 ** 56;
  return { traceId, spanId: randomId(8), parentSpanId: null, sampled };
}

/** @param spanId of its own, where others must be able to name it */
export const childOf = (parent: TraceContext, spanId: string = randomId(8)): NewSpan => ({
  ...parent,
  spanId,
  parentSpanId: parent.spanId,
});

const randomId = (bytes: number): string => {
  const id = toHex(crypto.getRandomValues(new Uint8Array(bytes)));
  return isZero(id) ? randomId(bytes) : id;
};

/**
 * The id of the span of something that has a name: who knows the name can say what follows from it, without having been
 * told. FNV-1a of 64 bits; it need only be unique within a trace.
 */
export function spanIdOf(name: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(name))
    hash = BigInt.asUintN(64, (hash ^ BigInt(byte)) * 0x100000001b3n);
  return hash === 0n ? '0000000000000001' : hash.toString(16).padStart(16, '0');
}

/** The send of a message by its runner. */
export const sendSpanId = (messageId: string): string => spanIdOf(`send ${messageId}`);
/** An event's commit. */
export const eventSpanId = (eventId: string): string => spanIdOf(`event ${eventId}`);
