import type { WhatsAppPage } from '../page/types.ts';

/**
 * Builds since 2026-09-17 keep a model's id in an own field `__x_id`. 1.34.7 spreads the media model into the message,
 * whose own id is then undefined: "Data passed to getter must include an id property" on each media send
 * (wwebjs/whatsapp-web.js #201921, #201922; upstream's unmerged fix is #201923).
 */
export function mediaModelId(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  agent?.onLibrary('media-model-id', () => {
    agent.beforeSend.push((_chat, message) => {
      if ('__x_id' in message && message['id'] !== undefined) delete message['__x_id'];
    });
    return 'applied';
  });
}
