import type { Context } from 'hono';
import { z } from 'zod';
import { AppError, type ErrorCode } from '../../shared/errors.ts';
import { sessions } from '../api/sessions.ts';
import type { AppEnv } from '../context.ts';
import { answerOf, operationOf } from './alias.ts';

export const getQr = operationOf(sessions, 'getSessionQr');

const Code = z.object({ qr: z.string(), dataUrl: z.string(), expiresAt: z.string() });

/** Why a session may have no code yet: it was created all the same, and its code can be asked for. */
const WITHOUT_CODE: ReadonlySet<ErrorCode> = new Set([
  'SESSION_NOT_READY',
  'UNAVAILABLE',
  'CONFLICT',
]);

/** The first code of a session that has just been created, or null: no runner may have room for it now. */
export async function firstCode(
  c: Context<AppEnv>,
  id: string,
): Promise<z.output<typeof Code> | null> {
  try {
    const given = { params: { id }, query: { format: 'json', wait: '30' } };
    return (await answerOf(await getQr.call(c, given), Code)).data;
  } catch (error) {
    if (error instanceof AppError && WITHOUT_CODE.has(error.code)) return null;
    throw error;
  }
}
