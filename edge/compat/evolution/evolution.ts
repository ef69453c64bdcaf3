import type { System } from '../alias.ts';
import { evolutionChats } from './chats.ts';
import { evolutionDialect } from './dialect.ts';
import { evolutionGroups } from './groups.ts';
import { evolutionHistory } from './history.ts';
import { evolutionInstances } from './instances.ts';
import { evolutionNotThere } from './not-there.ts';
import { evolutionProfile } from './profile.ts';
import { evolutionProxy } from './proxy.ts';
import { evolutionReactions } from './reactions.ts';
import { evolutionSends } from './sends.ts';
import { evolutionSettings } from './settings.ts';
import { evolutionWebhooks } from './webhooks.ts';

export const evolution: System = {
  name: 'evolution',
  title: 'Evolution',
  description:
    'The routes of Evolution API, under `/compat/evolution`. A failure is `{"status", "error", "response": {"message"}, "code"}`. A field that Waypost does not use is named in the header `Waypost-Ignored`.',
  owns: ['/compat/evolution'],
  below: ['/compat/evolution/*'],
  dialect: evolutionDialect,
  rows: [
    ...evolutionInstances,
    ...evolutionSettings,
    ...evolutionProxy,
    ...evolutionSends,
    ...evolutionReactions,
    ...evolutionChats,
    ...evolutionHistory,
    ...evolutionProfile,
    ...evolutionGroups,
    ...evolutionWebhooks,
    ...evolutionNotThere,
  ],
};
