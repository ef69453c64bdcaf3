import type { PageProfile, PageSettings } from '../protocol/profile.ts';
import type { Collections } from './collections.ts';
import type { Directory } from './directory.ts';
import type { MsgKeyClass } from './msg-key.ts';
import type { Places } from './records.ts';
import type { Outbox } from './session/outbox.ts';
import type { DeviceKeys } from './session/keys.ts';
import type { CmdModel, ConnModel, SocketModel, StreamModel } from './session/models.ts';
import type { Ratchet } from './session/ratchet.ts';
import type { Registry } from './registry.ts';
import type { Storage } from './storage.ts';
import type { Transport } from './transport.ts';
import type { Wid } from './wid.ts';

/** Who the page is once paired. */
export type Me = { pn: Wid | undefined; lid: Wid | undefined; deviceId: number };

/** Everything the page's modules work with. One per page. */
export type Core = {
  profile: PageProfile;
  registry: Registry;
  storage: Storage;
  transport: Transport;
  directory: Directory;
  MsgKey: MsgKeyClass;
  collections: Collections;
  ratchet: Ratchet;
  places: Places;
  outbox: Outbox;
  socket: SocketModel;
  conn: ConnModel;
  stream: StreamModel;
  cmd: CmdModel;
  me: Me;
  settings: PageSettings;
  keys: DeviceKeys;
  /** Empties everything in memory that belonged to the account. */
  forget: () => void;
};

export const nowSeconds = (): number => Math.floor(Date.now() / 1000);

/** @throws when the page has not paired yet. */
export function needMe(core: Core): Wid {
  const { pn, lid } = core.me;
  const me = core.profile.lidFirst ? (lid ?? pn) : pn;
  if (me === undefined) throw new Error('not paired');
  return me;
}
