import type { PageChat, PageKey, PageModules, WhatsAppPage } from '../page/types.ts';

/** Name under which the wire id travels in sendMessage's `extra`, which the library spreads into the message. */
export const WIRE_ID_TAG = 'waypostWireId';

/** Thrown on the page, found again in the message of puppeteer's error. */
export const SEND_HOOK_MISSING = 'WAYPOST_SEND_HOOK_MISSING';

/**
 * Gives a message the wire id we chose. The library makes its own random id and offers no way to pass one, so the id is
 * put in at the last step, `addAndSendMsgToChat`, into the same key object (the library looks the message up by it).
 * No upstream issue asks for this; it is what makes "at most once" provable. Where the hook cannot be put, a tagged
 * send throws before anything leaves. A channel's post does not pass there: it gets its key with the other fields, and is handed
 * over by `sendNewsletterMessageJob`, whose refusal the library takes for an ack.
 */
export function sendHook(tag: string, missing: string): void {
  const page = globalThis as unknown as WhatsAppPage;
  const agent = page.__waypost;
  if (agent === undefined) return;

  const takeOurId = (chat: PageChat, message: Record<string, unknown>) => {
    const wireId = message[tag];
    if (typeof wireId !== 'string') return undefined;
    delete message[tag];
    if (agent.sends.has(wireId))
      throw new Error(`message ${wireId} was ${agent.sends.get(wireId)}`);
    const key = message['id'] as PageKey;
    const MsgKey = page.require('WAWebMsgKey');
    const ours = new MsgKey({
      from: message['from'],
      to: chat.id,
      id: wireId,
      participant: key.participant,
      selfDir: 'out',
    });
    Object.assign(key, ours);
    if (key.id !== wireId || String(key) !== String(ours) || !String(key).includes(wireId)) {
      throw new Error('the message key did not take our id');
    }
    return wireId;
  };

  let hook: ((chat: PageChat, message: Record<string, unknown>) => unknown) | undefined;
  const ensureHook = () => {
    const action = page.require('WAWebSendMsgChatAction');
    if (hook !== undefined && action.addAndSendMsgToChat === hook) return;
    const original = action.addAndSendMsgToChat;
    if (typeof original !== 'function') throw new Error('addAndSendMsgToChat is not a function');
    hook = function (this: unknown, chat, message, ...rest: unknown[]) {
      // Only plain objects come from the library; the page itself may pass models, which are not ours to touch.
      if (Object.getPrototypeOf(message) === Object.prototype) {
        const wireId = takeOurId(chat, message);
        for (const step of agent.beforeSend) step(chat, message);
        if (wireId !== undefined) {
          agent.sends.set(wireId, 'begun');
          agent.keepSome(agent.sends);
        }
      }
      return Reflect.apply(original, this, [chat, message, ...rest]);
    };
    action.addAndSendMsgToChat = hook;
    if (action.addAndSendMsgToChat !== hook)
      throw new Error('addAndSendMsgToChat cannot be replaced');
  };

  type PostJob = PageModules['WAWebNewsletterSendMessageJob']['sendNewsletterMessageJob'];
  const posts = new Set<string>();
  let postHook: PostJob | undefined;
  const ensurePostHook = () => {
    const job = page.require('WAWebNewsletterSendMessageJob');
    if (postHook !== undefined && job.sendNewsletterMessageJob === postHook) return;
    const original = job.sendNewsletterMessageJob;
    postHook = async (request) => {
      const { msg } = request;
      const wireId = msg.id.id;
      if (!posts.delete(wireId)) return original(request);
      if (agent.sends.has(wireId))
        throw new Error(`message ${wireId} was ${agent.sends.get(wireId)}`);
      agent.sends.set(wireId, 'begun');
      agent.keepSome(agent.sends);
      try {
        const answer = await original(request);
        if (answer.success) return answer;
        msg.updateAck(-1, true);
      } catch (error) {
        if ((error as { name?: unknown }).name === 'ServerStatusCodeError') msg.updateAck(-1, true);
        throw error;
      }
      throw new Error('WhatsApp did not take the post');
    };
    job.sendNewsletterMessageJob = postHook;
    if (job.sendNewsletterMessageJob !== postHook)
      throw new Error('sendNewsletterMessageJob cannot be replaced');
  };
  const keyOfPost = (chat: PageChat, wireId: string): PageKey => {
    posts.add(wireId);
    const MsgKey = page.require('WAWebMsgKey');
    const from = page.require('WAWebUserPrefsMeUser').getMaybeMePnUser();
    return new MsgKey({ from, to: chat.id, id: wireId, selfDir: 'out' });
  };

  agent.onLibrary('send-hook', (library) => {
    type SendMessage = (chat: PageChat, content: unknown, options?: unknown) => Promise<unknown>;
    let send: SendMessage | undefined;
    const guarded: SendMessage = async (chat, content, options) => {
      const extra = (options as { extraOptions?: Record<string, unknown> } | undefined)
        ?.extraOptions;
      const wireId = extra?.[tag];
      if (extra !== undefined && typeof wireId === 'string') {
        const isPost = chat.id.server === 'newsletter';
        try {
          if (isPost) ensurePostHook();
          else ensureHook();
        } catch (error) {
          throw new Error(`${missing}: ${String(error)}`, { cause: error });
        }
        if (isPost) {
          delete extra[tag];
          extra['id'] = keyOfPost(chat, wireId);
        }
      }
      return send?.(chat, content, options);
    };
    // The check stands in the same page call as the send, so that no reload can come between the two.
    Object.defineProperty(library, 'sendMessage', {
      configurable: true,
      enumerable: true,
      get: () => (send === undefined ? undefined : guarded),
      set: (value: SendMessage) => {
        send = value;
      },
    });
    ensureHook();
    return 'applied';
  });
}
