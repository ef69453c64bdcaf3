import type { PatchOutcome, WhatsAppPage } from '../page/types.ts';

/**
 * Builds since 2026-09-17 keep a model's id in an own field `__x_id`. 1.34.7 spreads the media model into the message,
 * whose own id is then undefined: "Data passed to getter must include an id property" on each media send
 * (wwebjs/whatsapp-web.js #201921, #201922; upstream's unmerged fix is #201923). What a channel or status gets is made into a
 * message before `beforeSend`, so there the media model itself goes without the field.
 */
export function mediaModelId(): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;
  const name = 'media-model-id';
  let outcome: PatchOutcome = 'not met';
  /** @param isSpread a model or message of a file has the field */
  const met = (isSpread: boolean): void => {
    if (isSpread) outcome = 'applied';
    else if (outcome === 'not met') outcome = 'not needed';
    agent.patches[name] = outcome;
  };
  agent.beforeSend.push((_chat, message) => {
    const isSpread = '__x_id' in message && message['id'] !== undefined;
    if (isSpread) delete message['__x_id'];
    // Of a message without a file nothing can be told.
    if (isSpread || message['filehash'] !== undefined) met(isSpread);
  });
  agent.onLibrary(name, (library) => {
    type Process = (media: unknown, options: Record<string, unknown>) => Promise<object>;
    let process: Process | undefined;
    const withoutId: Process = async (media, options) => {
      const model = await process?.(media, options);
      if (model === undefined) throw new Error('the library has no processMediaData');
      const isSpread = options['sendToChannel'] === true || options['sendToStatus'] === true;
      if (isSpread) met('__x_id' in model);
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
    return outcome;
  });
}
