import type { WhatsAppPage } from '../page/types.ts';

/**
 * WhatsApp Web's builds since July 2026 minify MsgKey's `_serialized` to `$1`; 1.34.7 reads the old name: sendMessage
 * returns undefined and replies lose their quote (wwebjs/whatsapp-web.js #201832, #201850, #201852).
 * Gives the class an accessor under the old name. It probes an instance, and leaves builds that have the field alone.
 */
export function messageKeyField(): void {
  const page = globalThis as unknown as WhatsAppPage;
  page.__waypost?.onFirstLibrary('message-key-field', () => {
    const MsgKey = page.require('WAWebMsgKey');
    const { createWid } = page.require('WAWebWidFactory');
    const wid = createWid('10000000@c.us');
    const probe = new MsgKey({
      from: wid,
      to: wid,
      id: 'PROBE',
      selfDir: 'out',
    }) as unknown as Record<string, unknown>;
    const text = 'true_10000000@c.us_PROBE';
    if (probe['_serialized'] === text) return 'not needed';
    const field = Object.keys(probe).find((name) => probe[name] === text);
    if (field === undefined) throw new Error('no field of a message key holds its text form');
    Object.defineProperty(MsgKey.prototype, '_serialized', {
      configurable: true,
      get(this: Record<string, unknown>) {
        return this[field];
      },
      // A constructor that assigns the old name must go on working.
      set(this: object, value: unknown) {
        Object.defineProperty(this, '_serialized', {
          value,
          configurable: true,
          enumerable: true,
          writable: true,
        });
      },
    });
    return 'applied';
  });
}
