import { isFailure, isStatus, type Reply } from './reply.ts';

/**
 * A reply as JSON. With `Upstash-Encoding: base64` every text is base64, except a lone OK, which the client
 * passes through; inside arrays it does not, so there even OK is encoded. Source: @upstash/redis `decode`.
 */
export function encodeReply(reply: Reply, base64: boolean): unknown {
  if (reply === 'OK' || (isStatus(reply) && reply.ok === 'OK')) return 'OK';
  return encodeInside(reply, base64);
}

function encodeInside(reply: Reply, base64: boolean): unknown {
  if (reply === null || typeof reply === 'number') return reply;
  if (Array.isArray(reply)) return reply.map((item) => encodeInside(item, base64));
  const text = textOf(reply);
  return base64 ? Buffer.from(text).toString('base64') : text;
}

function textOf(reply: Exclude<Reply, null | number | Reply[]>): string {
  if (isFailure(reply)) return reply.err;
  return isStatus(reply) ? reply.ok : reply;
}
