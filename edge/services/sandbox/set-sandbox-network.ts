import type { ServiceContext } from '../../context.ts';
import { commandSandbox, findSandbox } from './internal.ts';

/** Cuts the simulated phone's network or brings it back; with `forMs` it comes back by itself. */
export async function setSandboxNetwork({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string; online: boolean; forMs: number | null };
}): Promise<Record<string, never>> {
  const { id, online, forMs } = input;
  await commandSandbox(ctx, await findSandbox(ctx, id), 'sandbox.network', {
    online,
    ...(forMs === null ? {} : { forMs }),
  });
  return {};
}
