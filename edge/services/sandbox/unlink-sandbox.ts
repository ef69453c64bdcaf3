import type { ServiceContext } from '../../context.ts';
import { commandSandbox, findSandbox } from './internal.ts';

/** Unlinks the session on the simulated phone, as a person would under "Linked devices". */
export async function unlinkSandbox({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: { id: string };
}): Promise<Record<string, never>> {
  await commandSandbox(ctx, await findSandbox(ctx, input.id), 'sandbox.unlink', {});
  return {};
}
