const MASK = '***';

/** Headers as they may be shown: their values hold credentials of the receiver. */
export const maskHeaders = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.keys(headers).map((name) => [name, MASK]));
