import { createMiddleware } from 'hono/factory';
import { AppError } from '../../shared/errors.ts';
import type { AppEnv } from '../context.ts';
import { malformedJson } from '../http/malformed-json.ts';
import { badText, findBadValue } from '../values/storable-text.ts';

/**
 * Refuses what the parts behind it do not take: bytes that are no UTF-8, text that is no JSON, NUL and halves of surrogate
 * pairs, and more values than any operation reads. The address is held to the same.
 */
export const checkJson = createMiddleware<AppEnv>(async (c, next) => {
  refuseBadAddress(c.req.url);
  if (c.req.raw.body !== null && c.get('operation')?.takesFile !== true) {
    const text = decode(await c.req.arrayBuffer());
    if (text !== '') {
      const body = parse(text);
      const bad = findBadValue(body, c.get('operation')?.maxValues);
      if (bad !== null) throw invalid('body', bad.field.slice(0, 200), bad.message);
      // The validator would decode and parse it again.
      c.req.bodyCache.json = Promise.resolve(body);
    }
  }
  await next();
});

function decode(bytes: ArrayBuffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: false }).decode(bytes);
  } catch {
    throw new AppError('MALFORMED_JSON', 'The body is not valid UTF-8.');
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw malformedJson(text);
  }
}

function refuseBadAddress(url: string): void {
  const { pathname, searchParams } = new URL(url);
  if (/%00/.test(pathname)) throw invalid('path', '', 'contains the character NUL');
  for (const [name, value] of searchParams) {
    const message = badText(name) ?? badText(value);
    if (message !== null) throw invalid('query', badText(name) === null ? name : '', message);
  }
}

const invalid = (place: string, field: string, message: string): AppError =>
  new AppError('VALIDATION_ERROR', `${[place, field].filter(Boolean).join('.')}: ${message}`, {
    fields: [{ in: place, field, message }],
  });
