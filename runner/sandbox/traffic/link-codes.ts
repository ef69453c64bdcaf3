import { randomBytes } from 'node:crypto';
import { SandboxError } from '../world/errors.ts';
import type { Connection } from '../world/hub.ts';
import type { World } from '../world/world.ts';
import type { Handler } from './operation.ts';

/** Shows a new reference and lets it expire: each is good for one scan while it is on screen. */
export function showRef(world: World, connection: Connection): string {
  const ref = `2@${randomBytes(96).toString('base64').replaceAll('=', '')}`;
  connection.ref = ref;
  connection.refsShown += 1;
  const { qrTtlMs, qrMaxRefs } = world.defaults.faults;
  world.later(qrTtlMs, () => {
    if (connection.ref !== ref || connection.link !== null) return;
    if (qrMaxRefs > 0 && connection.refsShown >= qrMaxRefs) {
      connection.ref = null;
      connection.send({ push: 'idle' });
      return;
    }
    connection.send({ push: 'ref', ref: showRef(world, connection) });
  });
  return ref;
}

export const refreshRef: Handler<'refreshRef'> = async (world, connection) => ({
  ref: showRef(world, connection),
});

const codeLetters = 'ABCDEFGHJKLMNPQRSTVWXYZ123456789';

/** @throws SandboxError NOT_REGISTERED: WhatsApp gives no code for a number that it does not know */
export const linkCode: Handler<'linkCode'> = async (world, connection, args) => {
  if (/^\D*1999/.test(args.phone))
    throw new SandboxError(404, 'NOT_REGISTERED', 'this number is not on WhatsApp');
  const code = Array.from(randomBytes(8), (byte) => codeLetters[byte % codeLetters.length]).join(
    '',
  );
  world.hub.setCode(code, connection, args.phone);
  return { code };
};
