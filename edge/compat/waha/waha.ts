import type { System } from '../alias.ts';
import { wahaAccount } from './account.ts';
import { wahaActions } from './actions.ts';
import { wahaApps } from './apps.ts';
import { wahaChatMessages } from './chat-messages.ts';
import { wahaChats } from './chats.ts';
import { wahaContacts } from './contacts.ts';
import { wahaDialect } from './dialect.ts';
import { wahaGroups } from './groups.ts';
import { wahaKeys } from './keys.ts';
import { wahaChannels, wahaLabels } from './labels-and-channels.ts';
import { wahaLogin } from './login.ts';
import { wahaSends } from './sends.ts';
import { wahaOpen, wahaServer } from './server.ts';
import { socketAtWs, socketRow } from './socket.ts';
import { wahaRefusals } from './refusals.ts';
import { wahaStatus } from './status.ts';
import { wahaSessions } from './sessions.ts';
import { wahaTexts } from './texts.ts';

export const waha: System = {
  name: 'waha',
  title: 'WAHA',
  description:
    'The routes of WAHA, under `/compat/waha`. A failure is `{"statusCode", "message", "error", "code"}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/compat/waha'],
  below: ['/compat/waha/api/*'],
  dialect: wahaDialect,
  rows: [
    ...wahaSessions,
    ...wahaTexts,
    ...wahaSends,
    ...wahaActions,
    ...wahaLogin,
    ...wahaChats,
    ...wahaChatMessages,
    ...wahaContacts,
    ...wahaGroups,
    ...wahaLabels,
    ...wahaChannels,
    ...wahaStatus,
    ...wahaAccount,
    ...wahaKeys,
    ...wahaServer,
    ...wahaApps,
    ...wahaRefusals,
    socketRow,
  ],
  open: [...wahaOpen, socketAtWs],
};
