import { account } from './en/account.ts';
import { admin } from './en/admin.ts';
import { chats } from './en/chats.ts';
import { common, errors, shell } from './en/common.ts';
import { events } from './en/events.ts';
import { keys } from './en/keys.ts';
import { leads } from './en/leads.ts';
import { media } from './en/media.ts';
import { messages } from './en/messages.ts';
import { overview } from './en/overview.ts';
import { palette } from './en/palette.ts';
import { people } from './en/people.ts';
import { phone } from './en/phone.ts';
import { sessions } from './en/sessions.ts';
import { settings } from './en/settings.ts';
import { statistics } from './en/statistics.ts';
import { webhooks } from './en/webhooks.ts';
import { welcome } from './en/welcome.ts';

/** Every word of the dashboard, by area. A translation is another file of this shape. */
export const t = {
  /** For numbers and dates. */
  locale: 'en',
  account,
  admin,
  chats,
  common,
  errors,
  events,
  keys,
  leads,
  media,
  messages,
  overview,
  palette,
  people,
  phone,
  sessions,
  settings,
  shell,
  statistics,
  webhooks,
  welcome,
} as const;
