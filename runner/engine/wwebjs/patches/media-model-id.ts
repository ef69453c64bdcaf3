import type { WhatsAppPage } from '../page/types.ts';

/**
 * Builds since 2026-09-17 keep a model's id in an own field `__x_id`. 1.34.7 spreads the media model into the message,
 * whose own id is then undefined: "Data passed to getter must include an id property" on each media send
 * (wwebjs/whatsapp-web.js #201921, #201922; upstream's unmerged fix is #201923). What a channel or status gets is made into a
 * message before `beforeSend`, so there the media model itself goes without the field.
 */
export function mediaModelId(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  agent?.onLibrary('media-model-id', (library) => {
    type Process = (media: unknown, options: Record<string, unknown>) => Promise<object>;
    let process: Process | undefined;
    const withoutId: Process = async (media, options) => {
      const model = await process?.(media, options);
      if (model === undefined) throw new Error('the library has no processMediaData');
      const isSpread = options['sendToChannel'] === true || options['sendToStatus'] === true;
      if (isSpread && '__x_id' in model) delete model['__x_id'];
      return model;
    };
    Object.defineProperty(library, 'processMediaData', {
      configurable: true,
      enumerable: true,
      get: () => (process === undefined ? undefined : withoutId),
      set: (value: Process) => {
        process = value;
      },
    });
    agent.beforeSend.push((_chat, message) => {
      if ('__x_id' in message && message['id'] !== undefined) delete message['__x_id'];
    });
    return 'applied';
  });
}
