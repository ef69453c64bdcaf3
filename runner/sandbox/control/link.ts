import { ensureAccount, linkDevice, linkedDevices, unlinkDevice } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import type { Connection } from '../world/hub.ts';
import { phoneJid } from '../world/jids.ts';
import { ensurePerson, publicPerson } from '../world/people.ts';
import type { World } from '../world/world.ts';
import type { ProfileName } from '../protocol/profile.ts';
import { profileNames } from '../protocol/profile.ts';
import type { Act } from './act.ts';

const keyBytes = 32;

const profileOf = (connection: Connection): ProfileName =>
  profileNames.find((name) => name === connection.profile) ?? 'stock';

/** Takes a QR code apart as a phone does: `ref,static key,identity key,secret,platform`. Returns the reference. */
function readQr(qr: string): string {
  const fields = qr.split(',');
  const [ref, ...keys] = fields;
  const sound =
    fields.length === 5 &&
    keys.slice(0, 3).every((key) => Buffer.from(key, 'base64').length === keyBytes) &&
    /^\w+$/.test(fields[4] ?? '');
  if (!sound || ref === undefined || ref === '') {
    throw new SandboxError(
      422,
      'QR_MALFORMED',
      'this is no WhatsApp QR code: it needs a reference, three 32-byte keys and a platform, comma-separated.',
    );
  }
  return ref;
}

async function pair(
  world: World,
  connection: Connection,
  input: { world: string; phone: string; pushname?: string | undefined },
): Promise<{ account: string; lid: string; deviceId: number }> {
  const ref = { world: input.world, pn: phoneJid(input.phone) };
  return world.ledger.run((tx) => {
    const account = ensureAccount(tx, ref, input.pushname, world.now());
    const device = linkDevice(tx, ref, profileOf(connection), connection.browser, world.now());
    const me = publicPerson(ensurePerson(tx, ref.world, ref.pn));
    connection.ref = null;
    tx.after(() =>
      connection.send({
        push: 'paired',
        creds: { deviceId: device.id, token: device.token },
        me,
        platform: account.platform,
      }),
    );
    return { account: ref.pn, lid: me.lid, deviceId: device.id };
  });
}

/** @throws SandboxError QR_EXPIRED */
function needScreen(world: World, qr: string): Connection {
  const connection = world.hub.byRef(readQr(qr));
  if (connection === null) {
    throw new SandboxError(
      410,
      'QR_EXPIRED',
      'this code is not on any screen now; scan the newest one.',
    );
  }
  return connection;
}

export const scan: Act<'scan'> = async (world, input) =>
  pair(world, needScreen(world, input.qr), input);

export const passkey: Act<'passkey'> = async (world, input) => {
  needScreen(world, input.qr).send({ push: 'passkey', given: input.step === 'give' });
  return {};
};

export const enterCode: Act<'enterCode'> = async (world, input) => {
  const code = input.code.replaceAll(/[\s-]/g, '').toUpperCase();
  const entry = world.hub.takeCode(code);
  if (entry === null) {
    throw new SandboxError(410, 'CODE_UNKNOWN', 'no page shows this code now; ask for a new one.');
  }
  if (phoneJid(entry.phone) !== phoneJid(input.phone)) {
    world.hub.setCode(code, entry.connection, entry.phone);
    throw new SandboxError(
      422,
      'CODE_WRONG_PHONE',
      'this code was made for another number; type it on the phone that has that number.',
    );
  }
  return pair(world, entry.connection, input);
};

/** The user removes the device on the phone. `state` only sends the page UNPAIRED, without logging it out. */
export const unlink: Act<'unlink'> = async (world, input) => {
  const ref = { world: input.world, pn: phoneJid(input.account) };
  return world.ledger.run((tx) => {
    const devices = linkedDevices(tx.sql, ref).filter(
      ({ id }) => input.deviceId === undefined || id === input.deviceId,
    );
    for (const device of devices) {
      unlinkDevice(tx, device.id, world.now());
      tx.after(() => {
        for (const connection of world.hub.ofDevice(device.id)) {
          connection.send({ push: 'unlinked', mode: input.mode });
        }
      });
    }
    return { devices: devices.length };
  });
};
