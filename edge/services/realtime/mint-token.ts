import type { ServiceContext } from '../../context.ts';
import { mintRealtimeToken } from '../../realtime/tokens.ts';
import { holderOf } from './holder.ts';

/** A token that opens one connection within a minute, with the caller's rights as they are while it lasts. */
export const mintToken = ({ ctx }: { ctx: ServiceContext }) =>
  mintRealtimeToken(ctx.env, 'connect', holderOf(ctx), ctx.now());
