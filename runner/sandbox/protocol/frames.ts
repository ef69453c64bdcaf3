import { z } from 'zod';
import type { Creds } from './operations.ts';
import type { Group, Label, Person, WireMessage } from './records.ts';

// What the simulated page and the world exchange over `wss://…/ws/chat`, as JSON frames.

/** Durable: queued for a device until that device acknowledges its sequence number, never sent again after. */
export type Stanza =
  | { kind: 'message'; message: WireMessage; people: Person[]; group: Group | null }
  | { kind: 'receipt'; wireId: string; ack: number }
  /** The phone read this chat. */
  | { kind: 'read'; chat: string }
  | { kind: 'reaction'; target: string; wireId: string; from: string; text: string; t: number }
  | { kind: 'edit'; target: string; body: string; t: number }
  /** `t`: Unix seconds. */
  | { kind: 'revoke'; target: string; from: string; t: number }
  | { kind: 'vote'; target: string; wireId: string; from: string; options: number[]; t: number }
  | { kind: 'decrypted'; target: string; body: string }
  | { kind: 'group'; group: Group; people: Person[] }
  | { kind: 'people'; people: Person[] }
  | { kind: 'labels'; labels: Label[] };
export type NumberedStanza = Stanza & { seq: number };

/** Volatile: lost when nobody listens. */
export type Push =
  | { push: 'ref'; ref: string }
  | { push: 'idle' }
  | { push: 'paired'; creds: Creds; me: Person; platform: string }
  | { push: 'unlinked'; mode: 'logout' | 'state' }
  | { push: 'conflict' }
  | { push: 'eval'; evalId: number; js: string }
  | { push: 'reload' }
  | { push: 'modal'; show: boolean }
  | { push: 'passkey'; given: boolean }
  /** `t`: Unix seconds of when somebody was last online, if they show it. */
  | {
      push: 'presence';
      of: string;
      type: 'available' | 'unavailable' | 'typing' | 'recording_audio';
      t: number | null;
    }
  | { push: 'typing'; chat: string; from: string; state: string }
  | { push: 'call'; callId: string; from: string; video: boolean; group: boolean };

export type ServerFrame =
  | { id: number; ok: true; result: unknown }
  | { id: number; ok: false; error: { status: number; message: string } }
  | { stanzas: NumberedStanza[] }
  | Push;

export const clientFrameSchema = z.union([
  z.object({ id: z.number().int(), op: z.string(), args: z.unknown() }),
  z.object({ acked: z.array(z.number().int()) }),
  z.object({ evalId: z.number().int(), ok: z.boolean(), value: z.unknown() }),
]);
export type ClientFrame = z.infer<typeof clientFrameSchema>;
