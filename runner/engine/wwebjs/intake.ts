import type { Conduct, Traffic } from '../../../shared/protocol/leases.ts';
import { withDeadline } from '../../deadline.ts';
import type { EngineEvent } from '../port.ts';
import { Awaited, type WantedFile } from './awaited.ts';
import { Backfill } from './backfill.ts';
import { describe } from '../describe-error.ts';
import { Inbound } from './inbound.ts';
import { dropParts } from './inbound-media.ts';
import type { LibraryClient, LibraryMessage, LibraryPage, LibraryVote } from './library.ts';
import { keepOnlineMark, missedSince } from './online-mark.ts';
import { PhoneWatch } from './phone-watch.ts';
import type { Outbound } from './sent-message.ts';

/** What the library makes of a notice in the chat of a group. */
const GROUP_NOTICES = [
  'group_join',
  'group_leave',
  'group_admin_changed',
  'group_membership_request',
  'group_update',
] as const;

export type IntakeDeps = {
  profileDir: string;
  filesDir: string;
  traffic: Traffic;
  conduct: Conduct;
  page: () => LibraryPage;
  refusalOf: Outbound['refusalOf'];
  emit: (event: EngineEvent) => void;
  log: (event: string, entry: Record<string, unknown>) => void;
  now: () => number;
};

/** Everything that an engine takes in from the outside world, live and missed. */
export class Intake {
  readonly #deps: IntakeDeps;
  #since = 0;
  #awaited: Awaited | null = null;
  #inbound: Inbound | null = null;
  #backfill: Backfill | null = null;
  readonly #phone: PhoneWatch;
  #heardAt = 0;

  constructor(deps: IntakeDeps) {
    this.#deps = deps;
    const { page, now, emit } = deps;
    this.#phone = new PhoneWatch({ page, now, seen: (at) => emit({ type: 'phone_seen', at }) });
  }

  /** When WhatsApp was last heard from, by performance.now(). */
  get heardAt(): number {
    return this.#heardAt;
  }

  heard(): void {
    this.#heardAt = performance.now();
  }

  /** Before the browser starts: finds out since when something may have been missed, and what is still to come. */
  async prepare(): Promise<void> {
    const { profileDir, filesDir, now, log } = this.#deps;
    await dropParts(filesDir);
    this.#since = await missedSince(profileDir, now());
    this.#awaited = await Awaited.open(profileDir, (error) =>
      log('engine.mark_failed', { detail: describe(error) }),
    );
  }

  /** What came before the link is history that the phone hands over, not news. */
  linkedNow(): void {
    const at = this.#deps.now();
    this.#since = at;
    if (this.#awaited !== null) {
      this.#awaited.linkedAt = at;
      void this.#awaited.save();
    }
    this.#deps.emit({ type: 'phone_seen', at });
  }

  listen(client: LibraryClient): void {
    const told = (take: (inbound: Inbound) => void): void => {
      this.heard();
      if (this.#inbound !== null) take(this.#inbound);
    };
    client.on('message', (message: unknown) => told((inbound) => inbound.message(raw(message))));
    client.on('message_ciphertext', (message: unknown) =>
      told((inbound) => inbound.message(raw(message))),
    );
    client.on('message_decrypted', (payload: unknown) =>
      told((inbound) => inbound.message(payload)),
    );
    client.on('message_create', (message: unknown) =>
      told((inbound) => inbound.created(raw(message))),
    );
    client.on('message_ack', (message: unknown, ack: unknown) =>
      told((inbound) => inbound.ack(raw(message), ack)),
    );
    client.on('message_edit', (message: unknown, now: unknown) =>
      told((inbound) => inbound.edit(raw(message), now)),
    );
    client.on('message_revoke_everyone', (after: unknown) =>
      told((inbound) => inbound.revoke(raw(after))),
    );
    client.on('message_reaction', (reaction: unknown) =>
      told((inbound) => inbound.reaction(reaction)),
    );
    client.on('vote_update', (vote: LibraryVote) => {
      const { parentMsgKey, voter, selectedOptions, interractedAtTs } = vote;
      const payload = { msgId: parentMsgKey, senderId: voter, selectedOptions, interractedAtTs };
      told((inbound) => inbound.vote(payload));
    });
    client.on('call', (call: unknown) => told((inbound) => inbound.call(call)));
    for (const name of GROUP_NOTICES)
      client.on(name, (notice: unknown) => told((inbound) => inbound.group(notice)));
    this.#phone.listen(client);
  }

  /** The engine is about to send under this wire id. */
  sends(wireId: string): void {
    this.#inbound?.sends(wireId);
  }

  /** The page is ready: facts are reported from here on. */
  open(): void {
    const awaited = this.#awaited;
    if (this.#inbound !== null || awaited === null) return;
    const { page, filesDir, traffic, conduct, refusalOf, emit, log, now } = this.#deps;
    this.heard();
    this.#inbound = new Inbound({
      page: page(),
      filesDir,
      traffic,
      conduct,
      awaited,
      refusalOf,
      emit,
      log: (entry) => log('engine.inbound', entry),
      now,
    });
    this.#backfill = new Backfill({
      page,
      inbound: this.#inbound,
      traffic,
      now,
      since: this.#since,
      linkedAt: awaited.linkedAt,
      log: (entry) => log('engine.backfilled', entry),
    });
  }

  /** Reports what was missed, and goes on with files. Fails when the page goes away meanwhile; it is tried again when the page is back. */
  async catchUp(): Promise<void> {
    this.#inbound?.files.resume();
    try {
      await this.#backfill?.run();
      await this.#phone.look();
    } catch (error) {
      this.#deps.log('engine.backfill_failed', { detail: describe(error) });
    }
  }

  /** We are about to mark this chat as read or unread: that is no sign of the phone. */
  readonly actsOn = (chatId: string): Promise<void> => this.#phone.actsOn(chatId);

  /** Fetches the file of a message again. @returns false when the page is not ready yet */
  readonly fetchFile = (wanted: WantedFile): boolean => {
    this.#inbound?.files.fetch(wanted);
    return this.#inbound !== null;
  };

  /** The line is gone: what comes now may be missed. */
  lineLost(): void {
    this.#backfill?.interrupted();
    this.#inbound?.files.interrupted();
  }

  /** The engine ends: what is under way is for the next one. */
  end(): void {
    this.#inbound?.files.end();
  }

  /** Notes in the profile how far everything is reported. */
  async keepMark(everyMs: number, open: () => boolean): Promise<void> {
    await keepOnlineMark({
      profileDir: this.#deps.profileDir,
      everyMs,
      open,
      upTo: () => (this.#backfill?.complete === true ? (this.#inbound?.doneUpTo ?? null) : null),
      onError: (detail) => this.#deps.log('engine.mark_failed', { detail }),
    });
  }

  /** Resolves when every fact so far has been reported, or after `withinMs`: the next catch-up finds the rest. */
  async flush(withinMs: number): Promise<void> {
    if (this.#inbound === null) return;
    await withDeadline(this.#inbound.idle(), withinMs, 'flushing').catch((error: unknown) =>
      this.#deps.log('engine.flush_failed', { detail: describe(error) }),
    );
  }
}

/** What the page sent over for a message, before the library put it into its own form. */
function raw(message: unknown): unknown {
  return (message as LibraryMessage).rawData;
}
