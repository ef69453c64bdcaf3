import type { ServiceContext } from '../../context.ts';
import { commandSandbox, findSandbox } from './internal.ts';

/** What the simulated phone and its world look like now. */
export async function getSandbox({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<Record<string, unknown>> {
  return commandSandbox(ctx, await findSandbox(ctx, input.id), 'sandbox.state', {});
}
