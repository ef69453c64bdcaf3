import { z } from '@hono/zod-openapi';
import { readBy } from '../http/read-by.ts';
import { MAX_NAME, nameKey, parseName, parseSessionName } from '../values/name.ts';

/** Longer than any name, with room for blanks that go. */
const Written = z.string().max(1_000);

/** What something is called, in one line of `max` characters. */
export const nameOf = (max: number) =>
  readBy(Written, (text) => parseName(text, max)).openapi({
    type: 'string',
    minLength: 1,
    maxLength: max,
    example: 'Order desk',
  });

/** What a workspace, a key or a person is called. */
export const Name = nameOf(MAX_NAME);

export const SessionName = readBy(Written, parseSessionName).openapi({
  type: 'string',
  minLength: 1,
  maxLength: 64,
  description:
    'Letters, digits, spaces, `.`, `_` and `-`. Unique in the workspace, whatever its case; blanks at the ends are dropped.',
  example: 'support',
});

/** What a description says, in one line; a blank one is none. */
export const Description = readBy(z.string().max(1_000), (text) =>
  text.trim() === '' ? null : parseName(text, 500),
).openapi({ type: 'string', maxLength: 500 });

/** An id or name in a path or filter, in the spelling that it is looked up by. A blank one is of no session. */
export const SessionLookup = z
  .string()
  .max(100)
  .transform(nameKey)
  .openapi({ type: 'string', maxLength: 100 });

/** As `SessionLookup`, in a body. */
export const SessionIdOrName = SessionLookup.refine((ref) => ref !== '', 'must not be empty');
