import type { Group, Participant } from '../protocol/records.ts';
import { findAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { isMember } from '../world/groups.ts';
import { newPhoneWireId, randomToken } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { canonicalJid, ensurePerson, peopleNamed } from '../world/people.ts';
import { queueStanza } from '../world/stanzas.ts';
import { seconds } from '../world/world.ts';
import type { World } from '../world/world.ts';
import { deliver } from './deliver.ts';

export const newInvite = (): string => randomToken(16).slice(0, 22);

/** 200 joins, 403 only by invitation, 404 not on WhatsApp, 409 in the group already. */
export function joinCode(
  tx: Tx,
  world: string,
  group: Group | null,
  jid: string,
): { pn: string; code: number } {
  const pn = canonicalJid(tx.sql, world, jid);
  if (!pn.endsWith('@c.us')) return { pn, code: 404 };
  const person = ensurePerson(tx, world, pn);
  if (!person.registered) return { pn, code: 404 };
  if (person.privateAdd) return { pn, code: 403 };
  return { pn, code: group !== null && isMember(group, pn) ? 409 : 200 };
}

export const memberOf = (tx: Tx, world: string, pn: string, admin = false): Participant => ({
  pn,
  lid: ensurePerson(tx, world, pn).lid,
  admin,
  superAdmin: admin,
});

/** Tells every account concerned about the group as it is now, and puts the notice into its chat. */
export function announce(
  tx: Tx,
  world: World,
  worldName: string,
  group: Group,
  notice: { subtype: string; author: string; about?: string[]; body?: string },
): void {
  const concerned = new Set([...group.participants.map(({ pn }) => pn), ...(notice.about ?? [])]);
  const people = peopleNamed(tx.sql, worldName, concerned);
  for (const pn of concerned) {
    const ref: AccountRef = { world: worldName, pn };
    if (findAccount(tx.sql, ref) === null) continue;
    queueStanza(tx, world.hub, ref, { kind: 'group', group, people });
    deliver(tx, world, ref, {
      id: {
        fromMe: notice.author === pn,
        remote: group.id,
        id: newPhoneWireId(),
        participant: notice.author,
      },
      type: 'gp2',
      subtype: notice.subtype,
      t: seconds(world.now()),
      from: group.id,
      to: pn,
      author: notice.author,
      recipients: notice.about ?? [],
      body: notice.body ?? '',
      ack: 1,
    });
  }
}
