import { newId } from '../../../shared/ids.ts';
import type { SessionMode } from '../../../shared/session-status.ts';

/**
 * A session of which its maker need not say anything, as other systems have them. A test key reaches sandbox sessions only, so
 * that is what it gets.
 * @param kind begins the name of a session that is given none
 */
export const unnamedSession = (
  said: { name?: string | undefined; mode?: SessionMode | undefined },
  { kind, isTest, now }: { kind: string; isTest: boolean; now: number },
): { name: string; mode: SessionMode } => ({
  name: said.name ?? `${kind}-${newId('session', now).slice(-12)}`,
  mode: said.mode ?? (isTest ? 'sandbox' : 'live'),
});
