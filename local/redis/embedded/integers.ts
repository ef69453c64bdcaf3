import { RedisError } from '../reply.ts';

const INT64_MAX = 2n ** 63n - 1n;
const INT64_MIN = -(2n ** 63n);

/** A 64-bit integer, as every counter is. @throws RedisError */
export function integer(text: string | undefined): bigint {
  if (text !== undefined && /^(0|-?[1-9]\d{0,18})$/.test(text)) return inRange(BigInt(text));
  throw new RedisError('ERR value is not an integer or out of range');
}

/** @throws RedisError when a sum has left the 64 bits. */
export function inRange(value: bigint): bigint {
  if (value <= INT64_MAX && value >= INT64_MIN) return value;
  throw new RedisError('ERR increment or decrement would overflow');
}
