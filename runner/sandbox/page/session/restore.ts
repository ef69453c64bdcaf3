import type { ChatState } from '../../protocol/records.ts';
import { applyChannel } from '../modules/channels.ts';
import { applyLabels } from '../modules/labels.ts';
import type { Core } from '../core.ts';
import { applyGroup, ensureChat } from '../chats.ts';
import { meet } from '../people.ts';
import { enter, messagePut, recall, recallPosts } from '../records.ts';
import type { MessageRecord } from '../records.ts';
import type { Put } from '../storage.ts';
import { fromWire } from '../wire.ts';

const messagesPerChat = 20;

/** Brings what the profile holds into memory: people, chats with their last messages, messages still to send. */
export async function restoreLocal(core: Core): Promise<void> {
  const people = await core.storage.get('kv', 'people');
  // Written by takeRoster below.
  for (const person of (people as Parameters<typeof meet>[1][] | undefined) ?? [])
    meet(core, person);
  // The chat store is written by chatPut alone.
  const chats = (await core.storage.all('chat')) as ChatState[];
  for (const state of chats) {
    ensureChat(core, state, true);
    const newest = await core.storage.newest(state.id, Infinity, messagesPerChat);
    for (const record of newest.reverse()) recall(core, record);
  }
  await recallPosts(core);
  // See MessageRecord: only messages on their way carry the mark.
  const pending = (await core.storage.byIndex('message', 'pending', 1)) as MessageRecord[];
  core.outbox.adopt(pending);
}

/** The phone's address book and groups, kept for the next start. */
export async function takeRoster(core: Core): Promise<void> {
  const { people, groups, labels, channels } = await core.transport.ask('roster', {});
  for (const person of people) meet(core, person);
  for (const group of groups) {
    const chat = core.collections.Chat.get(group.id);
    if (chat !== undefined) applyGroup(core, chat, group);
  }
  if (labels.length > 0) applyLabels(core, labels);
  for (const channel of channels) applyChannel(core, channel);
  await core.storage.write([{ store: 'kv', key: 'people', value: people }]);
}

/** The history a freshly paired device gets from the phone. */
export async function takeHistory(core: Core): Promise<void> {
  const { chats, messages } = await core.transport.ask('history', {});
  const { groups } = await core.transport.ask('roster', {});
  const puts: Put[] = [];
  for (const state of chats) {
    ensureChat(core, state, true, groups.find((group) => group.id === state.id) ?? null);
    puts.push({ store: 'chat', key: state.id, value: state });
  }
  for (const wire of messages) {
    const message = fromWire(core, wire, false);
    message.place(core.places.next(wire.t));
    enter(core, message, true);
    puts.push(messagePut(core, message, false));
  }
  await core.storage.write(puts);
}
