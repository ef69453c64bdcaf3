import type { LiveOperation } from '../../../shared/catalogue/live-operations.ts';
import type { MessageKind } from '../../../shared/catalogue/message-kinds.ts';
import type { Walk } from '../walk.ts';
import { accountSteps } from './account.ts';
import { chatSteps } from './chats.ts';
import { groupSteps } from './groups.ts';
import { kindSteps } from './kinds.ts';
import { messageSteps } from './messages.ts';
import type { Step } from './step.ts';

/** Every step, in the order of the walk. An operation of the catalogue without a step does not compile. */
export function allSteps(walk: Walk): Step[] {
  const sent = new Map<MessageKind, string>();
  const messages = messageSteps(walk, sent);
  const groups = groupSteps(walk);
  const { deleteChat, ...chats } = chatSteps(walk, groups.left);
  const live: { readonly [Name in Exclude<LiveOperation, WithoutStep>]: Step } = {
    ...messages.actions,
    ...chats,
    ...accountSteps(walk),
    ...groups.steps,
    deleteChat,
  };
  return [...kindSteps(walk, sent), ...messages.others, ...Object.values(live)];
}

/** The first has no route: each send to a new number asks it. A file must fail before it is fetched again. */
type WithoutStep = 'isOnWhatsApp' | 'downloadMedia';
