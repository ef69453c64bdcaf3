import type { WireMessage } from '../protocol/records.ts';
import { needAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import { phoneJid } from '../world/jids.ts';
import type { Tx } from '../world/ledger.ts';
import { findMessage } from '../world/messages.ts';

export const refOf = (input: { world: string; account: string }): AccountRef => ({
  world: input.world,
  pn: phoneJid(input.account),
});

/** @throws SandboxError UNKNOWN_MESSAGE */
export function needMessage(tx: Tx, ref: AccountRef, wireId: string): WireMessage {
  needAccount(tx.sql, ref);
  const message = findMessage(tx.sql, ref, wireId);
  if (message === null) {
    throw new SandboxError(404, 'UNKNOWN_MESSAGE', `${ref.pn} has no message ${wireId}.`);
  }
  return message;
}
