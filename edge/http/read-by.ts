import { z } from '@hono/zod-openapi';
import { AppError } from '../../shared/errors.ts';

/** A value that a parser reads into another; what the parser refuses is an issue of the field like any other. */
export const readBy = <Schema extends z.ZodType, Result>(
  schema: Schema,
  parse: (value: z.output<Schema>) => Result,
) =>
  schema.transform((value, context): Result => {
    try {
      return parse(value);
    } catch (error) {
      if (!(error instanceof AppError)) throw error;
      context.addIssue({ code: 'custom', message: error.message });
      return z.NEVER;
    }
  });
