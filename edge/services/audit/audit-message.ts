import { z } from 'zod';
import { isAddress } from '../../values/address-range.ts';
import { badText } from '../../values/storable-text.ts';
import { isId } from '../../../shared/ids.ts';
import { ERROR_CODES } from '../../../shared/errors.ts';

/** Short text of our own making. PostgreSQL would refuse the whole batch for one character that it cannot hold. */
const Name = z
  .string()
  .min(1)
  .max(200)
  .refine((text) => badText(text) === null);

/** One audit row on its way through the queue. */
export const AuditMessage = z.strictObject({
  id: z.string().refine((id) => isId('audit', id)),
  at: z.iso.datetime(),
  workspaceId: Name.nullable(),
  actorType: z.enum(['apiKey', 'user', 'system', 'none']),
  actorId: Name.nullable(),
  /** operationId, or `unknown`. */
  action: Name,
  method: z.string().regex(/^[A-Z-]{1,16}$/),
  route: Name.nullable(),
  status: z.number().int().min(100).max(599),
  errorCode: z.enum(ERROR_CODES).nullable(),
  requestId: Name,
  address: z.string().refine(isAddress).nullable(),
});
export type AuditMessage = z.infer<typeof AuditMessage>;
