// A small client, written against the generated types alone: it compiles as long as the document names what it uses.
import type { components, operations, paths, webhooks } from './dist/api.ts';

type Schemas = components['schemas'];
type TextBody = operations['sendText']['requestBody']['content']['application/json'];
type Received = webhooks['event']['post']['requestBody']['content']['application/json'];
type SessionPage =
  paths['/v1/sessions']['get']['responses'][200]['content']['application/json']['data'];

/** Every resource that a client handles has a name of its own. */
export type Resources = {
  message: Schemas['Message'];
  sent: Schemas['SentMessage'];
  session: Schemas['Session'];
  webhook: Schemas['Webhook'];
  delivery: Schemas['Delivery'];
  key: Schemas['ApiKey'];
  workspace: Schemas['Workspace'];
  member: Schemas['Member'];
  invitation: Schemas['Invitation'];
  person: Schemas['Me'];
  entry: Schemas['AuditEntry'];
  error: Schemas['Error'];
};

export const text: TextBody = {
  to: '+15550100001',
  text: 'Hello',
  expiresIn: 60,
  linkPreview: true,
};

// @ts-expect-error a text needs a recipient
export const lost: TextBody = { text: 'Hello' };

export const online = (sessions: SessionPage): Schemas['Session'][] =>
  sessions.filter((session) => session.status === 'online');

/** `type` decides which payload an event has. */
export function describe(event: Received): string {
  switch (event.type) {
    case 'message.received':
      return `${event.data.from.name ?? event.data.from.id}: ${event.data.text ?? event.data.type}`;
    case 'message.failed':
      return `${event.data.messageId}: ${event.data.error?.code ?? ''}`;
    case 'session.status':
      return `${event.data.from ?? ''} → ${event.data.status}`;
    default:
      return event.id;
  }
}

// @ts-expect-error no such status
export const wrong: Schemas['Session']['status'] = 'asleep';
