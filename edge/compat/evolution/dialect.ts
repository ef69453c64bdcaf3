import { z } from '@hono/zod-openapi';
import { type ErrorCode, ERRORS } from '../../../shared/errors.ts';
import type { SystemDialect } from '../../api/open/system-dialect.ts';
import { FailureFields } from '../failure-fields.ts';
import { HTTP_WORDS } from '../http-words.ts';

/** Where Evolution has another status: a request that does not fit is 400 there. */
const STATUSES: Readonly<Partial<Record<ErrorCode, number>>> = {
  VALIDATION_ERROR: 400,
  RECIPIENT_NOT_ON_WHATSAPP: 400,
};

/** A number that is not on WhatsApp, which Evolution names in place of a sentence. */
export const Stranger = z.object({
  jid: z.string(),
  exists: z.literal(false),
  number: z.string().describe('As it was written.'),
});

const isCode = (code: string): code is ErrorCode => Object.hasOwn(ERRORS, code);

/** `{status, error, response: {message}}`, and our code, message and details beside them. */
export const evolutionDialect: SystemDialect = {
  codes: {},
  statuses: STATUSES,
  failure: ({ code, message, details }) => {
    const status = isCode(code) ? (STATUSES[code] ?? ERRORS[code].status) : 500;
    const stranger = Stranger.safeParse(details).data;
    const said = code === 'UNAUTHORIZED' ? 'Unauthorized' : [stranger ?? message];
    return {
      status,
      error: HTTP_WORDS[status] ?? code,
      response: { message: said },
      code,
      message,
      details,
    };
  },
  schema: z
    .object({
      status: z.number().int(),
      error: z.string().describe('The status in words.'),
      response: z.object({
        message: z.union([z.string(), z.array(z.union([z.string(), Stranger]))]),
      }),
      ...FailureFields.shape,
    })
    .openapi('Error'),
};
