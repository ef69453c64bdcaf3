import { CALL_OPERATIONS } from './live/calls.ts';
import { CHANNEL_OPERATIONS } from './live/channels.ts';
import { CHAT_OPERATIONS } from './live/chats.ts';
import { CONTACT_OPERATIONS } from './live/contacts.ts';
import { GROUP_OPERATIONS } from './live/groups.ts';
import { LABEL_OPERATIONS } from './live/labels.ts';
import { MESSAGE_OPERATIONS } from './live/messages.ts';
import { PAGE_OPERATIONS } from './live/page.ts';
import { PRESENCE_OPERATIONS } from './live/presence.ts';
import { PROFILE_OPERATIONS } from './live/profile.ts';
import { STATUS_OPERATIONS } from './live/status.ts';

/**
 * Everything that callers can request from the engine of a linked session: one row each, one file for each area.
 * runner/engine/wwebjs/live/<area>.ts implements a row; a row of the API offers it, through services/live/ask-session.ts.
 */
export const LIVE_OPERATIONS = {
  ...CALL_OPERATIONS,
  ...CHANNEL_OPERATIONS,
  ...CHAT_OPERATIONS,
  ...CONTACT_OPERATIONS,
  ...GROUP_OPERATIONS,
  ...LABEL_OPERATIONS,
  ...MESSAGE_OPERATIONS,
  ...PAGE_OPERATIONS,
  ...PRESENCE_OPERATIONS,
  ...PROFILE_OPERATIONS,
  ...STATUS_OPERATIONS,
};

export type LiveOperation = keyof typeof LIVE_OPERATIONS;
