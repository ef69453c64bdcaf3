import { needAccount } from '../world/accounts.ts';
import type { AccountRef } from '../world/accounts.ts';
import { SandboxError } from '../world/errors.ts';
import type { World } from '../world/world.ts';
import type { Act } from './act.ts';
import { refOf } from './known-message.ts';

/** @throws SandboxError NO_PAGE when no page of this account is online. */
export function needPage(world: World, ref: AccountRef): ReturnType<World['hub']['ofAccount']> {
  const pages = world.hub.ofAccount(ref);
  if (pages.length === 0)
    throw new SandboxError(409, 'NO_PAGE', `no page of ${ref.pn} is online now`);
  return pages;
}

async function setNetwork(world: World, ref: AccountRef, online: boolean): Promise<void> {
  await world.ledger.run((tx) => {
    needAccount(tx.sql, ref);
    tx.sql.run(
      'update account set online = ? where world = ? and pn = ?',
      online ? 1 : 0,
      ref.world,
      ref.pn,
    );
    if (online) return;
    // A line that is cut waits for no goodbye: who stands still would not say it.
    tx.after(() => {
      for (const connection of world.hub.ofAccount(ref)) connection.terminate();
    });
  });
}

/** Cuts or restores the account's connection; `forMs` restores it by itself. */
export const network: Act<'network'> = async (world, input) => {
  const ref = refOf(input);
  await setNetwork(world, ref, input.online);
  if (!input.online && input.forMs !== undefined) {
    world.later(input.forMs, () => setNetwork(world, ref, true));
  }
  return {};
};

/** Somebody opened WhatsApp Web elsewhere: the page gets a conflict and its connection ends. */
export const conflict: Act<'conflict'> = async (world, input) => {
  const pages = needPage(world, refOf(input));
  for (const page of pages) {
    page.send({ push: 'conflict' });
    page.close();
  }
  return { pages: pages.length };
};

export const deafen: Act<'deafen'> = async (world, input) => {
  const pages = needPage(world, refOf(input));
  for (const page of pages) page.deaf = true;
  return { pages: pages.length };
};

export const builds: Act<'builds'> = async (world, input) => {
  world.defaults.build = input.faults;
  return {};
};

export const limits: Act<'limits'> = async (world, { cap, lockedUntil, ...at }) => {
  const ref = refOf(at);
  world.limits.set(`${ref.world}\n${ref.pn}`, { cap, lockedUntil });
  return {};
};

export const modal: Act<'modal'> = async (world, input) => {
  const pages = world.hub.pushToAccount(refOf(input), { push: 'modal', show: input.show });
  return { pages };
};

export const pageEval: Act<'pageEval'> = async (world, input) => {
  const [page] = needPage(world, refOf(input));
  if (page === undefined) throw new SandboxError(409, 'NO_PAGE', 'no page is online now');
  return { value: await world.hub.evaluate(page, input.js) };
};

export const pageReload: Act<'pageReload'> = async (world, input) => {
  const pages = world.hub.pushToAccount(refOf(input), { push: 'reload' });
  return { pages };
};
