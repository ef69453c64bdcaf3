import { z } from 'zod';

/** What WhatsApp limits an account to, as its servers answer. */
export const accountLimitsSchema = z.object({
  cap: z
    .object({
      status: z.enum(['NONE', 'FIRST_WARNING', 'SECOND_WARNING', 'CAPPED']),
      used: z.number().int(),
      quota: z.number().int(),
      /** Unix seconds. */
      from: z.number().int(),
      to: z.number().int(),
    })
    .nullable(),
  /** Unix seconds; null: no time lock. */
  lockedUntil: z.number().int().nullable(),
});

export type AccountLimits = z.infer<typeof accountLimitsSchema>;

export const noLimits: AccountLimits = { cap: null, lockedUntil: null };
