import { account } from './en/account.ts';
import { common, errors, shell } from './en/common.ts';
import { keys } from './en/keys.ts';
import { messages } from './en/messages.ts';
import { overview } from './en/overview.ts';
import { sessions } from './en/sessions.ts';
import { settings } from './en/settings.ts';
import { webhooks } from './en/webhooks.ts';
import { welcome } from './en/welcome.ts';

/** Every word of the dashboard, by area. A translation is another file of this shape. */
export const t = {
  /** For numbers and dates. */
  locale: 'en',
  account,
  common,
  errors,
  keys,
  messages,
  overview,
  sessions,
  settings,
  shell,
  webhooks,
  welcome,
} as const;
