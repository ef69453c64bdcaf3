import type { ServiceContext } from '../../context.ts';
import { commandSandbox, findSandbox } from './internal.ts';

/** Scans the session's QR code with the simulated phone, or types its pairing code there, which links the session. */
export async function scanSandbox({
  ctx,
  input,
}: {
  ctx: ServiceContext;
  input: {
    id: string;
    phone?: string | undefined;
    name?: string | undefined;
    pairingCode?: string | undefined;
  };
}): Promise<{ phoneNumber: string }> {
  const { id, phone, name, pairingCode } = input;
  return commandSandbox(ctx, await findSandbox(ctx, id), 'sandbox.scan', {
    ...(phone === undefined ? {} : { phone }),
    ...(name === undefined ? {} : { name }),
    ...(pairingCode === undefined ? {} : { pairingCode }),
  });
}
