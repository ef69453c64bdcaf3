import type { System } from '../alias.ts';
import { instanceAccount } from './account.ts';
import { instancesDialect } from './envelope.ts';
import { login } from './login.ts';
import { instanceMessages } from './messages.ts';
import { instanceRows } from './rows.ts';

export const instances: System = {
  name: 'instances',
  title: 'Instances',
  description:
    'The routes of the instances: sign-in, instances with their keys and webhooks, messages, statistics. `{"success", "data", "meta": {"timestamp", "request_id", "instanceName"}}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: [
    '/api/auth',
    '/api/users',
    '/api/subscription',
    '/api/instances',
    '/api/instance',
    '/api/messages',
    '/api/contacts',
    '/api/stats',
    '/api/webhook',
  ],
  dialect: instancesDialect,
  rows: [...instanceAccount, ...instanceRows, ...instanceMessages],
  open: [login],
};
