import type { Label } from '../protocol/records.ts';
import type { ProfileName } from '../protocol/profile.ts';
import { SandboxError } from './errors.ts';
import { faultsSchema } from './faults.ts';
import type { Faults } from './faults.ts';
import { randomToken } from './jids.ts';
import type { Tx } from './ledger.ts';
import { ensurePerson, seedWorld } from './people.ts';
import { readDoc } from './sql.ts';
import type { Sql } from './sql.ts';
import type { World } from './world.ts';

/** One phone of one world: the owner of its devices, chats and messages. */
export type AccountRef = { world: string; pn: string };
export type Account = AccountRef & { platform: string; online: boolean; labels: Label[] };
/** A linked page. `counter` is the highest ratchet position it ever reported, `sentCounter` that of its last send. */
export type Device = {
  id: number;
  world: string;
  account: string;
  token: string;
  counter: number;
  sentCounter: number;
  profile: string;
  historyTaken: boolean;
  linkedAt: number;
  unlinkedAt: number | null;
};

type AccountRow = { platform: string; online: number; labels: string };
type DeviceRow = {
  id: number;
  world: string;
  account: string;
  token: string;
  counter: number;
  sent_counter: number;
  profile: string;
  history_taken: number;
  linked_at: number;
  unlinked_at: number | null;
};

const deviceColumns =
  'id, world, account, token, counter, sent_counter, profile, history_taken, linked_at, unlinked_at';

const toDevice = (row: DeviceRow): Device => ({
  id: row.id,
  world: row.world,
  account: row.account,
  token: row.token,
  counter: row.counter,
  sentCounter: row.sent_counter,
  profile: row.profile,
  historyTaken: row.history_taken === 1,
  linkedAt: row.linked_at,
  unlinkedAt: row.unlinked_at,
});

export function findAccount(sql: Sql, ref: AccountRef): Account | null {
  const row = sql.one<AccountRow>(
    'select platform, online, labels from account where world = ? and pn = ?',
    ref.world,
    ref.pn,
  );
  if (row === undefined) return null;
  const { world, pn } = ref;
  return {
    world,
    pn,
    platform: row.platform,
    online: row.online === 1,
    labels: readDoc<Label[]>(row.labels),
  };
}

/** @throws SandboxError UNKNOWN_ACCOUNT when this phone never linked a device in this world. */
export function needAccount(sql: Sql, ref: AccountRef): Account {
  const account = findAccount(sql, ref);
  if (account === null) {
    throw new SandboxError(
      404,
      'UNKNOWN_ACCOUNT',
      `${ref.pn} has no linked device in world "${ref.world}"; scan a QR code with it first.`,
    );
  }
  return account;
}

export function ensureAccount(
  tx: Tx,
  ref: AccountRef,
  pushname: string | undefined,
  t: number,
): Account {
  seedWorld(tx, ref.world);
  ensurePerson(tx, ref.world, ref.pn, pushname === undefined ? {} : { pushname });
  tx.sql.run(
    `insert into account (world, pn, platform, faults, t) values (?, ?, 'android', '{}', ?) on conflict do nothing`,
    ref.world,
    ref.pn,
    t,
  );
  return needAccount(tx.sql, ref);
}

/** The account's own faults over the sandbox's defaults. */
export function faultsOf(world: World, ref: AccountRef | null): Faults {
  if (ref === null) return world.defaults.faults;
  const row = world.ledger.sql.one<{ faults: string }>(
    'select faults from account where world = ? and pn = ?',
    ref.world,
    ref.pn,
  );
  if (row === undefined || row.faults === '{}') return world.defaults.faults;
  return faultsSchema.parse({ ...world.defaults.faults, ...readDoc<Partial<Faults>>(row.faults) });
}

/** Takes one number off a fault that counts down. @returns whether it was above zero. */
export function useUp(
  tx: Tx,
  world: World,
  ref: AccountRef,
  fault: 'loseAck' | 'failSends' | 'failDownloads' | 'limitChecks',
): boolean {
  const left = faultsOf(world, ref)[fault];
  if (left > 0) changeFaults(tx, ref, { [fault]: left - 1 });
  return left > 0;
}

/** Changes the account's own faults; fields not named stay. */
export function changeFaults(tx: Tx, ref: AccountRef, change: Partial<Faults>): void {
  const row = tx.sql.one<{ faults: string }>(
    'select faults from account where world = ? and pn = ?',
    ref.world,
    ref.pn,
  );
  const faults = { ...readDoc<Partial<Faults>>(row?.faults ?? '{}'), ...change };
  tx.sql.run(
    'update account set faults = ? where world = ? and pn = ?',
    JSON.stringify(faults),
    ref.world,
    ref.pn,
  );
}

export function linkDevice(
  tx: Tx,
  ref: AccountRef,
  profile: ProfileName,
  browser: object,
  t: number,
): Device {
  const token = randomToken(24);
  const { lastId } = tx.sql.run(
    'insert into device (world, account, token, browser, profile, linked_at) values (?, ?, ?, ?, ?, ?)',
    ref.world,
    ref.pn,
    token,
    JSON.stringify(browser),
    profile,
    t,
  );
  const device = findDevice(tx.sql, lastId);
  if (device === null) throw new Error('a device vanished while it was being linked');
  return device;
}

export function findDevice(sql: Sql, id: number): Device | null {
  const row = sql.one<DeviceRow>(`select ${deviceColumns} from device where id = ?`, id);
  return row === undefined ? null : toDevice(row);
}

/** Devices still linked, oldest first. */
export function linkedDevices(sql: Sql, ref: AccountRef): Device[] {
  return sql
    .all<DeviceRow>(
      `select ${deviceColumns} from device where world = ? and account = ? and unlinked_at is null order by id`,
      ref.world,
      ref.pn,
    )
    .map(toDevice);
}

/** Ends a link: what still waited for the device is dropped, as WhatsApp drops it. */
export function unlinkDevice(tx: Tx, id: number, t: number): void {
  tx.sql.run('update device set unlinked_at = ? where id = ? and unlinked_at is null', t, id);
  tx.sql.run('delete from stanza where device = ?', id);
}
