import type { Context } from 'hono';
import { z } from 'zod';
import { AppError } from '../../shared/errors.ts';
import { sessions } from '../api/sessions.ts';
import type { AppEnv } from '../context.ts';
import { answerOf, operationOf } from './alias.ts';

export const getQr = operationOf(sessions, 'getSessionQr');

const Code = z.object({ qr: z.string(), dataUrl: z.string(), expiresAt: z.string() });

/** The first code of a session that has just been created, or null: no runner may have room for it now. */
export async function firstCode(
  c: Context<AppEnv>,
  id: string,
): Promise<z.output<typeof Code> | null> {
  try {
    const given = { params: { id }, query: { format: 'json', wait: '30' } };
    return (await answerOf(await getQr.call(c, given), Code)).data;
  } catch (error) {
    if (error instanceof AppError && error.code === 'SESSION_NOT_READY') return null;
    throw error;
  }
}
