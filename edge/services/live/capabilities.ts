import {
  CAPABILITIES,
  type Capability,
  type Support,
} from '../../../shared/catalogue/capabilities.ts';
import { AppError } from '../../../shared/errors.ts';
import type { SessionEngine } from '../../../shared/session-status.ts';
import type { ServiceContext } from '../../context.ts';
import { findSession } from '../sessions/internal.ts';

/** One thing that a session can or cannot do. */
type CapabilityView = {
  name: string;
  supported: 'yes' | 'no' | 'account';
  /** Why not. */
  reason: string | null;
};

/**
 * What a session can do, by its engine.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a key that does not reach it
 */
export async function listCapabilities({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<{ capabilities: CapabilityView[]; sessionId: string; sessionName: string }> {
  const { session } = await findSession(ctx, input.id, { archived: true });
  const table: Readonly<Record<string, Support>> = CAPABILITIES[session.engine];
  const capabilities = Object.entries(table).map(([name, support]) =>
    typeof support === 'string'
      ? { name, supported: support, reason: null }
      : { name, supported: 'no' as const, reason: support.no },
  );
  return { capabilities, sessionId: session.id, sessionName: session.name };
}

/**
 * Several pictures as one message, which no engine can send so far.
 * @throws AppError SESSION_NOT_FOUND; FORBIDDEN for a key that does not reach the session; else NOT_SUPPORTED
 */
export async function refuseAlbum({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string | null };
}): Promise<never> {
  const { session } = await findSession(ctx, input.id);
  throw notSupported('send.album', CAPABILITIES[session.engine]['send.album'].no);
}

/** @throws AppError NOT_SUPPORTED for what no session on this engine can do */
export function requireCapability(engine: SessionEngine, name: Capability): void {
  const support: Support = CAPABILITIES[engine][name];
  if (typeof support !== 'string') throw notSupported(name, support.no);
}

export const notSupported = (capability: Capability, message: string): AppError =>
  new AppError('NOT_SUPPORTED', message, { capability });
