import type { Core } from '../core.ts';
import { Emitter } from '../emitter.ts';
import { newWireId } from '../msg-key.ts';

type Call = { callId: string; from: string; video: boolean; group: boolean };

type Stanza = { tag: string; attrs: Record<string, string>; children?: Stanza[] };

/** The library hooks `set` of the first own field that is a Map. */
class CallCollection extends Emitter {
  readonly calls = new Map<string, object>();
}

/** Incoming calls, and rejecting them. */
export function callModules(core: Core): Record<string, object> {
  const collection = new CallCollection();
  core.cmd.on('sandbox_call', (call: Call) => {
    collection.calls.set(call.callId, {
      id: call.callId,
      peerJid: core.directory.address(call.from),
      isVideo: call.video,
      isGroup: call.group,
      outgoing: false,
      canHandleLocally: true,
      webClientShouldHandle: true,
      participants: [],
    });
  });
  return {
    WAWebCallCollection: collection,
    WAWap: {
      wap: (tag: string, attrs: object, children?: unknown) => ({ tag, attrs, children }),
      generateId: newWireId,
    },
    WADeprecatedSendIq: {
      deprecatedCastStanza: async (stanza: Stanza) => {
        await core.transport.ask('note', { what: 'stanza', data: stanza });
        for (const { tag, attrs } of stanza.children ?? [])
          if (tag === 'reject') collection.calls.delete(attrs['call-id'] ?? '');
      },
    },
  };
}
